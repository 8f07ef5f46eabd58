/** Brings the sides of a tensor into another order, such as HWIO into OIHW. */
export function transpose(values: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const steps = shape.map((_, side) => shape.slice(side + 1).reduce((product, length) => product * length, 1));
  const turned = new Float32Array(values.length);
  const place = order.map(() => 0);
  for (let target = 0; target < turned.length; target += 1) {
    let from = 0;
    for (const [side, at] of place.entries()) from += at * (steps[order[side] ?? 0] ?? 0);
    turned[target] = values[from] ?? 0;
    for (let side = order.length - 1; side >= 0; side -= 1) {
      place[side] = (place[side] ?? 0) + 1;
      if ((place[side] ?? 0) < (shape[order[side] ?? 0] ?? 0)) break;
      place[side] = 0;
    }
  }
  return turned;
}
