import { describe, expect, it } from 'vitest';
import { displayWidth, printable } from './printable.js';
import { showTable } from './show-table.js';
import { createSpeedometer } from './speedometer.js';

describe('text from outside', () => {
  it('can neither move the cursor nor turn a line around', () => {
    expect(printable('Team \x1b[2J\x1b]0;owned\x07 \u202edeeltnuoc\r\n\x9b1m')).toBe(
      'Team �[2J�]0;owned� �deeltnuoc���1m',
    );
    expect(printable('Ünïcödé 骨科 é 👍\tok')).toBe('Ünïcödé 骨科 é 👍 ok');
  });

  it('has the width that a terminal gives it', () => {
    expect(['abc', '骨科', 'é', 'e\u0301', '한글', '', '⚕', '👍'].map(displayWidth)).toEqual([3, 4, 1, 1, 4, 0, 1, 2]);
  });
});

it('a table stands in columns, whatever is in them', () => {
  const columns = [
    { title: 'team', side: 'left' as const },
    { title: 'kappa', side: 'right' as const },
  ];
  const lines = showTable(columns, [
    ['骨科队', '0.5'],
    ['A\nB\x1b[1m', '-0.25'],
  ]);
  expect(lines).toEqual(['team     kappa', '骨科队     0.5', 'A�B�[1m  -0.25']);
});

it('speed is that of the last seconds, not of the whole', () => {
  let now = 0;
  const measure = createSpeedometer(() => now);
  expect(measure(0)).toBe(0);
  for (now = 1000; now <= 10_000; now += 1000) measure(now * 5);
  now = 10_000;
  expect(measure(50_000)).toBeCloseTo(5000, 6);
  for (now = 11_000; now <= 20_000; now += 1000) measure(50_000);
  now = 20_000;
  expect(measure(50_000)).toBe(0);
});
