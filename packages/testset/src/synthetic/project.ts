import type { Bone, Flesh, Head, Point } from './anatomy.js';
import type { Cleft, Metal } from './lesion.js';

/** How a picture is taken: from which side, and which millimetres fall on which pixel. */
export interface Projection {
  readonly width: number;
  readonly height: number;
  /** Places a point on the picture, in pixels. */
  place(point: Point): readonly [x: number, y: number];
  /** Which way the rays go through a point, 0 at the front. */
  readonly pixelsPerMillimetre: number;
}

/**
 * What the rays passed on their way to each pixel, in millimetres. A radiograph is the sum of what lies behind one
 * another: that is why cortex is brightest where a tube's wall is seen edge on, and why bones shine through bones.
 */
export interface Thickness {
  readonly flesh: Float32Array;
  readonly bone: Float32Array;
  readonly metal: Float32Array;
}

/** Spongy bone inside the cortex stops this share of what cortex stops. */
const spongyShare = 0.32;

export function emptyThickness({ width, height }: Projection): Thickness {
  const size = width * height;
  return { flesh: new Float32Array(size), bone: new Float32Array(size), metal: new Float32Array(size) };
}

/** Adds a long bone: through a tube of radius R the way at distance d from its axis is 2·√(R² − d²). */
export function projectBone(into: Thickness, projection: Projection, bone: Bone, cleft: Cleft | undefined): void {
  const [first, middle, last] = bone.radii;
  const length = Math.hypot(bone.to[0] - bone.from[0], bone.to[1] - bone.from[1], bone.to[2] - bone.from[2]);
  walkTube(projection, bone.from, bone.to, Math.max(first, middle, last), (index, share, away, side) => {
    // Wide ends, slim shaft; the last few millimetres are rounded off.
    const end = share < 0.5 ? first : last;
    const flare = Math.abs(2 * share - 1) ** 3;
    const cap = Math.min(share, 1 - share) * length;
    const rounding = cap < middle ? Math.sqrt(Math.max(0, 1 - (1 - cap / middle) ** 2)) : 1;
    const radius = (middle + (end - middle) * flare) * rounding;
    if (away >= radius) return;
    const inner = Math.max(0, radius - bone.cortex * (1 - 0.75 * flare));
    const whole = 2 * Math.sqrt(radius * radius - away * away);
    const hollow = away < inner ? 2 * Math.sqrt(inner * inner - away * away) : 0;
    let amount = whole - hollow * (1 - spongyShare * (0.35 + 0.65 * flare));
    if (bone.growthPlate !== undefined && Math.abs(share - bone.growthPlate) * length < 0.9) amount *= 0.45;
    if (cleft) amount *= 1 - cleftDepth(cleft, share * length, length, side / Math.max(radius, 0.1));
    into.bone[index] = (into.bone[index] ?? 0) + amount;
  });
}

/** Adds a short bone or a joint's head. */
export function projectHead(into: Thickness, projection: Projection, head: Head): void {
  const [x, y] = projection.place(head.centre);
  const scale = projection.pixelsPerMillimetre;
  // Seen from the side an ellipsoid is as wide as it is deep; between the two the mean serves.
  const [a, b, depth] = [((head.radii[0] + head.radii[2]) / 2) * scale, head.radii[1] * scale, head.radii[2]];
  const shell = 1 - head.cortex / Math.min(...head.radii);
  const { width, height } = projection;
  for (let row = Math.max(0, Math.ceil(y - b)); row <= Math.min(height - 1, y + b); row += 1) {
    for (let column = Math.max(0, Math.ceil(x - a)); column <= Math.min(width - 1, x + a); column += 1) {
      const d = ((column - x) / a) ** 2 + ((row - y) / b) ** 2;
      if (d >= 1) continue;
      const whole = 2 * depth * Math.sqrt(1 - d);
      const inside = shell * shell;
      const hollow = d < inside ? 2 * depth * Math.sqrt(inside - d) : 0;
      const index = row * width + column;
      into.bone[index] = (into.bone[index] ?? 0) + whole - hollow * (1 - spongyShare * 0.7);
    }
  }
}

/** Adds flesh; where two parts of it overlap on the picture they are one, so the thicker counts. */
export function projectFlesh(into: Thickness, projection: Projection, { from, to, radii }: Flesh): void {
  walkTube(projection, from, to, Math.max(...radii), (index, share, away) => {
    const radius = radii[0] + (radii[1] - radii[0]) * share;
    if (away >= radius) return;
    const amount = 1.4 * Math.sqrt(radius * radius - away * away);
    into.flesh[index] = Math.max(into.flesh[index] ?? 0, amount);
  });
}

export function projectMetal(into: Thickness, projection: Projection, { from, to, radius }: Metal): void {
  walkTube(projection, from, to, radius, (index, _share, away) => {
    if (away >= radius) return;
    into.metal[index] = (into.metal[index] ?? 0) + 2 * Math.sqrt(radius * radius - away * away);
  });
}

/** Visits every pixel within `reach` millimetres of the line, with its place along it and its distance to it. */
function walkTube(
  projection: Projection,
  from: Point,
  to: Point,
  reach: number,
  visit: (index: number, share: number, awayMillimetres: number, sideMillimetres: number) => void,
): void {
  const [x0, y0] = projection.place(from);
  const [x1, y1] = projection.place(to);
  const { width, height, pixelsPerMillimetre: scale } = projection;
  const margin = reach * scale + 1;
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy || 1;
  const long = Math.sqrt(squared);
  const lastRow = Math.min(height - 1, Math.ceil(Math.max(y0, y1) + margin));
  const lastColumn = Math.min(width - 1, Math.ceil(Math.max(x0, x1) + margin));
  for (let row = Math.max(0, Math.floor(Math.min(y0, y1) - margin)); row <= lastRow; row += 1) {
    for (let column = Math.max(0, Math.floor(Math.min(x0, x1) - margin)); column <= lastColumn; column += 1) {
      const [px, py] = [column - x0, row - y0];
      const along = (px * dx + py * dy) / squared;
      const share = along < 0 ? 0 : along > 1 ? 1 : along;
      const side = (px * dy - py * dx) / long;
      const away = along === share ? Math.abs(side) : Math.hypot(px - dx * share, py - dy * share);
      if (away < margin) visit(row * width + column, share, away / scale, side / scale);
    }
  }
}

/** How much of the bone is missing at a place: all of `depth` in the middle of the line, nothing beyond its width. */
function cleftDepth(cleft: Cleft, alongMillimetres: number, length: number, side: number): number {
  const place = ((side + 1) / 2) * (cleft.jags.length - 1);
  const jag = cleft.jags[Math.round(Math.min(cleft.jags.length - 1, Math.max(0, place)))] ?? 0;
  const line = cleft.at * length + side * cleft.slope * 6 + jag;
  const off = Math.abs(alongMillimetres - line) / (cleft.widthMillimetres / 2);
  return off >= 1.5 ? 0 : off <= 0.5 ? cleft.depth : cleft.depth * (1.5 - off);
}
