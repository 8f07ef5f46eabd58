import type { HeatMap } from '@holdout/contracts';

/** A rectangle of a picture, in shares of its sides. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * How much of a heat map lies where a lesion was drawn: the positive values of its places, each by the part of the place
 * that lies in the box, as a share of all. What speaks against *abnormal* is no heat. Whoever looks nowhere in particular
 * gets the share of the picture that the box takes.
 *
 * @returns 0..1; null where there is no heat at all
 */
export function findHeatInBox({ values, width, height, area }: HeatMap, box: Box): number | null {
  let [inside, all] = [0, 0];
  for (const [place, value] of values.entries()) {
    const heat = Math.max(0, value);
    const left = area.left + ((place % width) / width) * area.width;
    const top = area.top + (Math.floor(place / width) / height) * area.height;
    const across = findOverlap(left, area.width / width, box.left, box.width);
    const down = findOverlap(top, area.height / height, box.top, box.height);
    inside += heat * across * down;
    all += heat;
  }
  return all > 0 ? inside / all : null;
}

/** Which part of one stretch lies in another. */
function findOverlap(from: number, length: number, otherFrom: number, otherLength: number): number {
  const overlap = Math.min(from + length, otherFrom + otherLength) - Math.max(from, otherFrom);
  return Math.min(1, Math.max(0, overlap / length));
}
