import { describe, expect, it } from 'vitest';
import { heatColours, heatStep } from './heat-colours.js';

/** Relative luminance, by WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe.each(Object.entries(heatColours))('the strip’s colours, %s', (scheme, colours) => {
  it('can be read: the number on each has a contrast of 4.5 to 1', () => {
    for (const { background, ink } of colours) {
      const [dark = 0, light = 0] = [luminance(background), luminance(ink)].sort((a, b) => a - b);
      expect((light + 0.05) / (dark + 0.05), background).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('are in one order of lightness, so that hues need not be told apart', () => {
    const lightness = colours.map(({ background }) => luminance(background));
    const sorted = lightness.toSorted((a, b) => (scheme === 'light' ? b - a : a - b));
    expect(lightness).toEqual(sorted);
    expect(new Set(lightness).size).toBe(7);
  });
});

it('has a colour for every kappa', () => {
  expect([-1, 0, 0.2, 0.39, 0.4, 0.55, 0.6, 0.75, 0.8, 1].map(heatStep)).toEqual([0, 0, 1, 1, 2, 3, 4, 5, 6, 6]);
});
