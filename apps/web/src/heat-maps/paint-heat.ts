import type { HeatMap } from '@holdout/contracts';
import { interpolateInferno } from 'd3-scale-chromatic';

const levels = 256;

/** Inferno from dark to bright, as red, green and blue: it can be read without telling hues apart. */
const palette: readonly (readonly [number, number, number])[] = Array.from({ length: levels }, (_, level) => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((first) =>
    Number.parseInt(interpolateInferno(level / (levels - 1)).slice(first, first + 2), 16),
  );
  return [red, green, blue];
});

/** The colour of a share of the most heat, 0..1, and how much of it covers the picture: nothing where there is no heat. */
export function colourOf(share: number): readonly [number, number, number, number] {
  const [red, green, blue] = palette[Math.round(share * (levels - 1))] ?? [0, 0, 0];
  return [red, green, blue, Math.round(255 * Math.min(1, 2 * share))];
}

/**
 * A heat map as an overlay of its whole picture: red, green, blue and opacity of each pixel. Between the places of the map
 * their values are mixed; what speaks against *abnormal* is no heat.
 *
 * @param size - in pixels, of the picture
 */
export function paintHeat(map: HeatMap, size: { width: number; height: number }): Uint8ClampedArray<ArrayBuffer> {
  const painted = new Uint8ClampedArray(size.width * size.height * 4);
  const hottest = Math.max(...map.values);
  if (!(hottest > 0)) return painted;
  const { left, top, width, height } = map.area;
  for (let y = 0; y < size.height; y += 1) {
    const down = ((y + 0.5) / size.height - top) / height;
    if (down < 0 || down > 1) continue;
    for (let x = 0; x < size.width; x += 1) {
      const across = ((x + 0.5) / size.width - left) / width;
      if (across < 0 || across > 1) continue;
      const share = Math.max(0, mix(map, across * map.width - 0.5, down * map.height - 0.5)) / hottest;
      painted.set(colourOf(share), (y * size.width + x) * 4);
    }
  }
  return painted;
}

/** The value at a place between others; beyond the outer ones theirs. */
function mix({ values, width, height }: HeatMap, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [toRight, toBottom] = [x - left, y - top];
  const at = (column: number, row: number) => values[clamp(row, height - 1) * width + clamp(column, width - 1)] ?? 0;
  const upper = at(left, top) * (1 - toRight) + at(left + 1, top) * toRight;
  const lower = at(left, top + 1) * (1 - toRight) + at(left + 1, top + 1) * toRight;
  return upper * (1 - toBottom) + lower * toBottom;
}

function clamp(place: number, last: number): number {
  return Math.min(last, Math.max(0, place));
}
