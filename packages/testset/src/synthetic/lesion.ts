import type { Anatomy, Bone, Point } from './anatomy.js';
import type { Random } from './random.js';

export type LesionKind = 'fracture' | 'displaced' | 'hardware';

/** A fracture line across a bone: less bone is in the way of the rays where the line runs. */
export interface Cleft {
  /** Where it crosses the bone's axis, as a share of its length. */
  readonly at: number;
  /** How much it climbs from one side of the bone to the other, in radii. */
  readonly slope: number;
  readonly widthMillimetres: number;
  /** How much of the bone is missing in the line, 0..1. */
  readonly depth: number;
  /** Shifts of the line from side to side, in millimetres: a broken edge is not straight. */
  readonly jags: readonly number[];
}

/** Metal: a tube of one radius, without a hollow. */
export interface Metal {
  readonly from: Point;
  readonly to: Point;
  readonly radius: number;
}

/** An anatomy in which something is wrong, and where. */
export interface AbnormalAnatomy {
  readonly anatomy: Anatomy;
  readonly clefts: ReadonlyMap<Bone, Cleft>;
  readonly metal: readonly Metal[];
  /** The two ends of the region that holds the lesion, in millimetres, and how far it reaches to the sides. */
  readonly region: { readonly from: Point; readonly to: Point; readonly reach: number };
}

/**
 * Puts a lesion into one of the bones.
 *
 * @param difficulty - 0 is plain to see, 1 is all but invisible: it narrows a fracture line and fills it, shortens a
 *   displacement, and makes hardware thinner
 */
export function addLesion(anatomy: Anatomy, kind: LesionKind, difficulty: number, random: Random): AbnormalAnatomy {
  const bones = anatomy.parts.filter((part): part is Bone => part.kind === 'bone' && part.target);
  const bone = random.pick(bones);
  if (kind === 'fracture') return addFracture(anatomy, bone, difficulty, random);
  if (kind === 'displaced') return addDisplacement(anatomy, bone, difficulty, random);
  return addHardware(anatomy, bone, difficulty, random);
}

function addFracture(anatomy: Anatomy, bone: Bone, difficulty: number, random: Random): AbnormalAnatomy {
  const at = random.between(0.25, 0.75);
  const size = Math.max(0.75, bone.radii[1] / 8);
  const cleft: Cleft = {
    at,
    slope: random.between(-1.3, 1.3),
    widthMillimetres: (2.6 - 1.6 * difficulty) * size,
    depth: 0.95 - 0.65 * difficulty,
    jags: Array.from({ length: 7 }, () => random.between(-1, 1) * size),
  };
  return { anatomy, clefts: new Map([[bone, cleft]]), metal: [], region: regionOf(bone, at, 0.1) };
}

/** The far part of the bone slips aside and tilts; often a splinter lies beside the break. */
function addDisplacement(anatomy: Anatomy, bone: Bone, difficulty: number, random: Random): AbnormalAnatomy {
  const at = random.between(0.32, 0.68);
  const shift = bone.radii[1] * (1.5 - 1.15 * difficulty) * (random.chance(0.5) ? 1 : -1);
  const tilt = random.between(0.1, 0.3) * (1 - 0.7 * difficulty) * Math.sign(shift);
  const place = pointAt(bone, at);
  const length = distance(bone.from, bone.to) * (1 - at);
  const direction = directionOf(bone);
  const start: Point = [place[0] + shift, place[1] - 1.5, place[2] + shift * 0.5];
  const end: Point = [
    start[0] + (direction[0] + tilt) * length,
    start[1] + direction[1] * length,
    start[2] + direction[2] * length,
  ];
  const near: Bone = { ...bone, to: pointAt(bone, at + 0.015), radii: [bone.radii[0], midRadius(bone), bone.radii[1]] };
  const far: Bone = { ...bone, from: start, to: end, radii: [bone.radii[1], midRadius(bone), bone.radii[2]] };
  const splinter: Bone = {
    kind: 'bone',
    from: [place[0] - shift * 1.3, place[1] - 6, place[2]],
    to: [place[0] - shift * 1.5, place[1] + random.between(3, 9), place[2]],
    radii: [0.8, bone.radii[1] * 0.25, 0.8],
    cortex: 2,
    target: false,
  };
  const parts = anatomy.parts.flatMap((part) =>
    part === bone ? [near, far, ...(difficulty < 0.6 ? [splinter] : [])] : [part],
  );
  return { anatomy: { ...anatomy, parts }, clefts: new Map(), metal: [], region: regionOf(bone, at, 0.16) };
}

/** A plate with screws on a large bone, wires through a small one. */
function addHardware(anatomy: Anatomy, bone: Bone, difficulty: number, random: Random): AbnormalAnatomy {
  const radius = bone.radii[1];
  const [low, high] = [random.between(0.16, 0.3), random.between(0.62, 0.85)];
  const thin = 1 - 0.6 * difficulty;
  const metal: Metal[] = [];
  const beside = (share: number, aside: number): Point => {
    const [x, y, z] = pointAt(bone, share);
    return [x + aside, y, z + aside * 0.3];
  };
  if (radius > 5.5 && random.chance(0.75)) {
    const side = random.chance(0.5) ? 1 : -1;
    metal.push({ from: beside(low, side * radius * 0.95), to: beside(high, side * radius * 0.95), radius: 1.9 * thin });
    const screws = random.integer(3, 6);
    for (let screw = 0; screw < screws; screw += 1) {
      const share = low + ((high - low) * (screw + 0.5)) / screws;
      metal.push({
        from: beside(share, side * radius * 1.05),
        to: beside(share, -side * radius * 1.1),
        radius: 1.1 * thin,
      });
    }
  } else {
    const wires = random.integer(1, 2);
    for (let wire = 0; wire < wires; wire += 1) {
      const lean = random.between(-0.9, 0.9) * radius;
      metal.push({ from: beside(low, lean), to: beside(high, -lean), radius: Math.max(0.7, 1.15 * thin) });
    }
  }
  return { anatomy, clefts: new Map(), metal, region: regionOf(bone, (low + high) / 2, (high - low) / 2) };
}

function regionOf(bone: Bone, at: number, share: number): AbnormalAnatomy['region'] {
  const [from, to] = [pointAt(bone, Math.max(0, at - share)), pointAt(bone, Math.min(1, at + share))];
  return { from, to, reach: bone.radii[1] * 2 };
}

function midRadius(bone: Bone): number {
  return bone.radii[1] * 1.04;
}

function pointAt({ from, to }: Bone, share: number): Point {
  return [
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ];
}

function directionOf({ from, to }: Bone): Point {
  const length = distance(from, to);
  return [(to[0] - from[0]) / length, (to[1] - from[1]) / length, (to[2] - from[2]) / length];
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
