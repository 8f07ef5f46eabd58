const sizes = [
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
] as const;
const times = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const;

/** Bytes as a competition's file writes them: `512 MiB`, and a plain number where no unit divides it. */
export function writeSize(bytes: number): string | number {
  return write(bytes, sizes);
}

/** Seconds likewise: `30 min`. */
export function writeTime(seconds: number): string | number {
  return write(seconds, times);
}

function write(value: number, units: readonly (readonly [number, string])[]): string | number {
  const unit = units.find(([each]) => value > 0 && value % each === 0);
  return unit ? `${value / unit[0]} ${unit[1]}` : value;
}

/** What was typed, as the file takes it: digits alone are a number. */
export function readQuantity(text: string): string | number {
  const trimmed = text.trim();
  return /^\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
}
