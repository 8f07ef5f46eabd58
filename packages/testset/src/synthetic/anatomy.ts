import type { MuraStudyType } from '../mura.js';
import type { Random } from './random.js';

/** A point in millimetres: x to the right, y down the limb, z towards the detector. */
export type Point = readonly [x: number, y: number, z: number];

/** A long bone: a hollow tube that is wider at its ends. */
export interface Bone {
  readonly kind: 'bone';
  readonly from: Point;
  readonly to: Point;
  /** Outer radii in millimetres at the first end, the middle and the second end. */
  readonly radii: readonly [number, number, number];
  /** Thickness of the cortex at mid-shaft, in millimetres. */
  readonly cortex: number;
  /** Whether a lesion may be put here. */
  readonly target: boolean;
  /** Where along the bone, as a share of its length, a growing patient has a cleft of cartilage. */
  readonly growthPlate?: number;
}

/** A short bone or a joint's head: an ellipsoid with a thin cortex. */
export interface Head {
  readonly kind: 'head';
  readonly centre: Point;
  readonly radii: Point;
  readonly cortex: number;
}

/** Flesh around a line. */
export interface Flesh {
  readonly from: Point;
  readonly to: Point;
  readonly radii: readonly [number, number];
}

export interface Anatomy {
  readonly parts: readonly (Bone | Head)[];
  readonly flesh: readonly Flesh[];
}

/** Draws one patient's anatomy of a type. Sizes are an adult's, each varied a little. */
export function drawAnatomy(type: MuraStudyType, random: Random): Anatomy {
  const child = random.chance(0.12);
  const anatomy = drawers[type](random);
  if (!child) return anatomy;
  // In a child a cleft of cartilage crosses each long bone near an end: normal, and not a fracture.
  const parts = anatomy.parts.map((part) =>
    part.kind === 'bone' && part.target ? { ...part, growthPlate: random.chance(0.5) ? 0.09 : 0.91 } : part,
  );
  return { ...anatomy, parts };
}

const drawers: Readonly<Record<MuraStudyType, (random: Random) => Anatomy>> = {
  humerus(r) {
    const length = vary(r, 190);
    const top: Point = [0, -length / 2, 0];
    const bottom: Point = [r.between(-6, 6), length / 2, r.between(-4, 4)];
    return {
      parts: [
        bone(top, bottom, [17, 10.5, 15], 3.6, true),
        head([-9, -length / 2 - 6, 0], [22, 21, 20], 1.4),
        head([14, length / 2 + 2, 0], [10, 8, 9], 1.4),
        head([-14, length / 2 + 2, 0], [11, 8, 9], 1.4),
        bone([-52, -length / 2 - 34, 6], [-24, -length / 2 - 8, 6], [8, 6, 12], 1.6, false),
      ],
      flesh: [tissue([0, -length / 2 - 40, 0], [0, length / 2 + 30, 0], [56, 40])],
    };
  },
  forearm(r) {
    const length = vary(r, 170);
    const half = length / 2;
    return {
      parts: [
        bone([-13, -half, 0], [-17, half, 3], [9, 7, 13], 2.6, true),
        bone([13, -half - 12, -2], [14, half - 4, 0], [13, 6.5, 7], 2.5, true),
        ...carpals(r, [0, half + 14, 0], 0.8),
        head([0, -half - 24, 0], [26, 12, 14], 1.5),
      ],
      flesh: [tissue([0, -half - 40, 0], [0, half + 40, 0], [44, 29])],
    };
  },
  elbow(r) {
    const bend = r.between(0.1, 1.2);
    const reach = 95;
    const far = (x: number, z: number): Point => [
      x + Math.sin(bend) * reach * 0.5,
      Math.cos(bend) * reach,
      z + Math.sin(bend) * reach,
    ];
    return {
      parts: [
        bone([0, -105, 0], [0, -10, 0], [11, 10, 23], 3.3, true),
        head([-16, -4, 0], [11, 10, 10], 1.4),
        head([13, -4, 0], [13, 11, 11], 1.4),
        bone([-13, 10, 2], far(-13, 2), [11, 6.5, 8], 2.4, true),
        bone([11, 4, -4], far(13, -4), [14, 7.5, 8], 2.5, true),
        head([10, -8, -10], [10, 12, 9], 1.6),
      ],
      flesh: [tissue([0, -130, 0], [0, 4, 0], [46, 40]), tissue([0, 0, 0], far(0, 0), [42, 34])],
    };
  },
  shoulder(_r) {
    const ribs = [0, 1, 2, 3].map((rib) =>
      bone([-128, -34 + rib * 31, -30], [-58 - rib * 5, 2 + rib * 36, -24], [3.4, 3.2, 3.2], 0.7, false),
    );
    return {
      parts: [
        bone([30, -8, 0], [46, 130, 4], [19, 11, 11], 3.3, true),
        head([24, -20, 0], [24, 23, 22], 1.5),
        bone([-96, -58, 8], [10, -50, 8], [7, 6, 8], 1.7, true),
        bone([-8, -6, -6], [-52, 78, -14], [13, 5, 4], 1.1, false),
        bone([-56, -30, -16], [-4, -8, -6], [4, 5, 14], 1.0, false),
        head([18, -52, 8], [13, 7, 10], 1.2),
        ...ribs,
      ],
      flesh: [tissue([-70, 20, 0], [10, 20, 0], [92, 66]), tissue([20, -10, 0], [46, 150, 0], [58, 46])],
    };
  },
  wrist(r) {
    return {
      parts: [
        bone([-11, -92, 0], [-13, -14, 2], [7.5, 8, 15], 2.3, true),
        bone([14, -92, 0], [16, -18, 0], [6.5, 6.5, 8], 2.2, true),
        ...carpals(r, [0, 4, 0], 1),
        ...[-24, -12, 0, 11, 21].map((x, ray) =>
          bone(
            [x * 0.8, 26 + (ray === 0 ? -4 : 0), 0],
            [x * 1.35, 84 - Math.abs(ray - 2) * 4, 0],
            [6, 4, 5.5],
            1.3,
            ray > 0,
          ),
        ),
      ],
      flesh: [tissue([0, -110, 0], [0, 10, 0], [33, 33]), tissue([0, 10, 0], [0, 95, 0], [36, 46])],
    };
  },
  hand(r) {
    const rays = [-34, -17, 0, 16, 30].map((x, index) => ({
      x,
      index,
      length: [0.72, 0.96, 1, 0.94, 0.76][index] ?? 1,
    }));
    const parts: (Bone | Head)[] = [...carpals(r, [0, -66, 0], 0.85)];
    const flesh: Flesh[] = [tissue([0, -95, 0], [0, -60, 0], [28, 30]), tissue([0, -55, 0], [0, 4, 0], [36, 44])];
    for (const { x, index, length } of rays) {
      const spread = r.between(0.9, 1.15);
      const joint = (share: number): Point => [x * (0.45 + share * 0.75 * spread), -48 + share * 138 * length, 0];
      const stops = index === 0 ? [0, 0.42, 0.75, 1] : [0, 0.43, 0.71, 0.88, 1];
      for (let stop = 1; stop < stops.length; stop += 1) {
        const [from = 0, to = 0] = [stops[stop - 1], stops[stop]];
        const width = 5.4 - stop * 0.75;
        parts.push(
          bone(joint(from + 0.014), joint(to - 0.014), [width + 1.4, width - 0.9, width + 0.9], 1.2, stop < 4),
        );
      }
      flesh.push(tissue(joint(0.35), joint(1.02), [10, 7]));
    }
    return { parts, flesh };
  },
  finger(r) {
    const stops = [-92, -46, 6, 42, 66].map((y) => vary(r, y, 0.03));
    const lean = r.between(-0.12, 0.12);
    const parts: (Bone | Head)[] = [];
    for (let stop = 1; stop < stops.length; stop += 1) {
      const [from = 0, to = 0] = [stops[stop - 1], stops[stop]];
      const width = 9 - stop * 1.15;
      parts.push(
        bone([from * lean, from + 1.2, 0], [to * lean, to - 1.2, 0], [width + 2, width - 1.2, width + 1], 1.7, true),
      );
    }
    const beside = r.chance(0.5) ? 27 : -27;
    parts.push(bone([beside, -96, 4], [beside * 1.15, -52, 4], [8, 6, 8], 1.6, false));
    parts.push(bone([beside * 1.15, -49, 4], [beside * 1.4, -2, 4], [8, 5.5, 7], 1.6, false));
    return {
      parts,
      flesh: [tissue([0, -100, 0], [0, -48, 0], [34, 24]), tissue([0, -50, 0], [66 * lean, 70, 0], [14, 9])],
    };
  },
};

function bone(from: Point, to: Point, radii: readonly [number, number, number], cortex: number, target: boolean): Bone {
  return { kind: 'bone', from, to, radii, cortex, target };
}

function head(centre: Point, radii: Point, cortex: number): Head {
  return { kind: 'head', centre, radii, cortex };
}

function tissue(from: Point, to: Point, radii: readonly [number, number]): Flesh {
  return { from, to, radii };
}

/** The eight small bones of the wrist, in two rows around `centre`. */
function carpals(random: Random, [x, y, z]: Point, size: number): Head[] {
  const places = [
    [-17, -7],
    [-4, -9],
    [9, -7],
    [17, -3],
    [-20, 7],
    [-8, 8],
    [3, 9],
    [15, 8],
  ] as const;
  return places.map(([dx, dy]) =>
    head(
      [x + dx * size + random.between(-1, 1), y + dy * size * 1.1 + random.between(-1, 1), z + random.between(-4, 4)],
      [random.between(6, 8.5) * size, random.between(5.5, 8) * size, random.between(6, 8) * size],
      0.9,
    ),
  );
}

function vary(random: Random, value: number, share = 0.08): number {
  return value * random.between(1 - share, 1 + share);
}
