import sharp from 'sharp';
import type { Anatomy, Point } from './anatomy.js';
import type { AbnormalAnatomy } from './lesion.js';
import {
  emptyThickness,
  type Projection,
  projectBone,
  projectFlesh,
  projectHead,
  projectMetal,
  type Thickness,
} from './project.js';
import { type Random, randomFrom } from './random.js';

/** A rectangle in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Radiograph {
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
  /** Around the lesion, where the study has one. */
  readonly lesionBox: Box | null;
}

const longestSide = 512;

/**
 * Takes one picture of an anatomy, in grey, 8 bit, at most 512 pixels on its longer side.
 *
 * @param turn - from which side, in radians around the limb: 0 is from the front
 */
export async function takeRadiograph(
  anatomy: Anatomy,
  lesion: AbnormalAnatomy | null,
  turn: number,
  random: Random,
): Promise<Radiograph> {
  const projection = setUpProjection(anatomy, turn, random);
  const thickness = emptyThickness(projection);
  for (const flesh of anatomy.flesh) projectFlesh(thickness, projection, flesh);
  for (const part of anatomy.parts) {
    if (part.kind === 'head') projectHead(thickness, projection, part);
    else projectBone(thickness, projection, part, lesion?.clefts.get(part));
  }
  for (const metal of lesion?.metal ?? []) projectMetal(thickness, projection, metal);
  const pixels = expose(thickness, projection, random);
  const { width, height } = projection;
  const png = await sharp(pixels, { raw: { width, height, channels: 1 } })
    .blur(0.6)
    .png({ compressionLevel: 2 })
    .toBuffer();
  return { png, width, height, lesionBox: lesion ? boxAround(lesion.region, projection) : null };
}

/** Chooses how the limb lies on the detector: turned a little, mirrored for the other arm, framed more or less well. */
function setUpProjection(anatomy: Anatomy, turn: number, random: Random): Projection {
  const [cosTurn, sinTurn] = [Math.cos(turn), Math.sin(turn)];
  const lean = random.normal() * 0.14 + (random.chance(0.08) ? Math.PI / 2 : 0);
  const [cosLean, sinLean] = [Math.cos(lean), Math.sin(lean)];
  const mirror = random.chance(0.5) ? -1 : 1;
  const onPlane = ([x, y, z]: Point): [number, number] => {
    const across = mirror * (x * cosTurn + z * sinTurn);
    return [across * cosLean - y * sinLean, across * sinLean + y * cosLean];
  };
  const bones = anatomy.parts.flatMap((part) => (part.kind === 'head' ? [part.centre] : [part.from, part.to]));
  const flesh = anatomy.flesh.flatMap(({ from, to, radii: [first, last] }) => [
    aside(from, first),
    aside(from, -first),
    aside(to, last),
    aside(to, -last),
  ]);
  const frame = random.between(0.55, 1);
  const places = [...bones.map(onPlane), ...flesh.map(onPlane).map(([x, y]): [number, number] => [x * frame, y * 0.8])];
  const [left, right] = [Math.min(...places.map(([x]) => x)), Math.max(...places.map(([x]) => x))];
  const [top, bottom] = [Math.min(...places.map(([, y]) => y)), Math.max(...places.map(([, y]) => y))];
  const margin = random.between(6, 20);
  const [spanX, spanY] = [Math.max(right - left, 40) + 2 * margin, Math.max(bottom - top, 40) + 2 * margin];
  const side = random.integer(400, longestSide);
  const pixelsPerMillimetre = side / Math.max(spanX, spanY);
  const width = Math.max(160, Math.min(longestSide, Math.round(spanX * pixelsPerMillimetre)));
  const height = Math.max(160, Math.min(longestSide, Math.round(spanY * pixelsPerMillimetre)));
  const [middleX, middleY] = [(left + right) / 2 + random.normal() * 3, (top + bottom) / 2 + random.normal() * 3];
  return {
    width,
    height,
    pixelsPerMillimetre,
    place(point) {
      const [x, y] = onPlane(point);
      return [width / 2 + (x - middleX) * pixelsPerMillimetre, height / 2 + (y - middleY) * pixelsPerMillimetre];
    },
  };
}

function aside([x, y, z]: Point, millimetres: number): Point {
  return [x + millimetres, y, z];
}

/** Beer and Lambert: what reaches the detector falls exponentially; then exposure, noise, blades and a marker. */
function expose(thickness: Thickness, projection: Projection, random: Random): Buffer {
  const { width, height } = projection;
  const density = random.between(0.8, 1.15);
  const [fleshStops, boneStops, metalStops] = [0.0075, 0.048 * density, 0.6];
  const dose = chooseDose(thickness, fleshStops, boneStops) * random.between(0.85, 1.15);
  const [gamma, noise] = [random.between(0.9, 1.2), random.between(2, 5.5)];
  const develop = makeDevelopTable(gamma);
  const background = random.between(4, 22);
  const blades = makeBlades(projection, random);
  const marker = makeMarker(projection, random);
  const slopeX = random.normal() * 0.05;
  const pixels = Buffer.allocUnsafe(width * height);
  for (let row = 0, index = 0; row < height; row += 1) {
    const grainStart = random.integer(0, grain.length - 1);
    for (let column = 0; column < width; column += 1, index += 1) {
      const stopped =
        dose * (fleshStops * (thickness.flesh[index] ?? 0) + boneStops * (thickness.bone[index] ?? 0)) +
        metalStops * (thickness.metal[index] ?? 0);
      const shade = 1 + slopeX * (column / width - 0.5);
      let value = background + 236 * develop(stopped) * shade;
      if (marker(column, row)) value = 236;
      if (blades(column, row)) value = 4;
      value += noise * (grain[(grainStart + column) % grain.length] ?? 0);
      pixels[index] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  return pixels;
}

/** How bright a place becomes that stops so much, 0..1; looked up, since two powers for each pixel take long. */
function makeDevelopTable(gamma: number): (stopped: number) => number {
  const [steps, highest] = [4096, 8];
  const table = Float32Array.from(
    { length: steps + 1 },
    (_, step) => (1 - Math.exp((-step * highest) / steps)) ** gamma,
  );
  return (stopped) => table[Math.min(steps, Math.round((stopped * steps) / highest))] ?? 1;
}

/** The film's grain: normal numbers, drawn once, since drawing one for each pixel would take most of the time. */
const grain = drawGrain(65_537);

function drawGrain(size: number): Float32Array {
  const random = randomFrom('grain');
  return Float32Array.from({ length: size }, () => random.normal());
}

/** The automatic exposure of an X-ray tube: the densest places shall stop four fifths, whatever the limb's size. */
function chooseDose(thickness: Thickness, fleshStops: number, boneStops: number): number {
  const samples: number[] = [];
  for (let index = 0; index < thickness.flesh.length; index += 37) {
    const stopped = fleshStops * (thickness.flesh[index] ?? 0) + boneStops * (thickness.bone[index] ?? 0);
    if (stopped > 0) samples.push(stopped);
  }
  samples.sort((a, b) => a - b);
  const dense = samples[Math.floor(samples.length * 0.985)] ?? 1;
  return Math.log(5) / dense;
}

/** The blades of the collimator cover the margins of one picture in three. */
function makeBlades({ width, height }: Projection, random: Random): (x: number, y: number) => boolean {
  if (random.chance(0.65)) return () => false;
  const [left, right] = [random.between(0, 0.06) * width, width - random.between(0, 0.06) * width];
  const [top, bottom] = [random.between(0, 0.06) * height, height - random.between(0, 0.06) * height];
  const lean = random.normal() * 0.03;
  return (x, y) => {
    const [u, v] = [x + (y - height / 2) * lean, y - (x - width / 2) * lean];
    return u < left || u > right || v < top || v > bottom;
  };
}

const letters = {
  L: ['1000', '1000', '1000', '1000', '1000', '1000', '1111'],
  R: ['1110', '1001', '1001', '1110', '1100', '1010', '1001'],
};

/** A lead letter in a corner says which arm it is: bright, and no hardware. */
function makeMarker({ width, height }: Projection, random: Random): (x: number, y: number) => boolean {
  if (random.chance(0.35)) return () => false;
  const letter = letters[random.pick(['L', 'R'] as const)];
  const size = random.between(2.2, 4);
  const x0 = random.chance(0.5) ? random.between(8, 24) : width - random.between(28, 44);
  const y0 = random.chance(0.5) ? random.between(8, 24) : height - random.between(40, 56);
  return (x, y) => letter[Math.floor((y - y0) / size)]?.[Math.floor((x - x0) / size)] === '1';
}

function boxAround({ from, to, reach }: AbnormalAnatomy['region'], projection: Projection): Box {
  const [x0, y0] = projection.place(from);
  const [x1, y1] = projection.place(to);
  const margin = reach * projection.pixelsPerMillimetre;
  const left = clamp(Math.min(x0, x1) - margin, projection.width - 1);
  const top = clamp(Math.min(y0, y1) - margin, projection.height - 1);
  return {
    left,
    top,
    width: clamp(Math.max(x0, x1) + margin, projection.width) - left,
    height: clamp(Math.max(y0, y1) + margin, projection.height) - top,
  };
}

function clamp(value: number, highest: number): number {
  return Math.round(Math.min(highest, Math.max(0, value)));
}
