const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/**
 * A number of bytes as people read it, in units of 1024 each, as a competition's file writes limits: `900 B`, `1.5 KiB`,
 * `512 MiB`. Three digits, so that the same size reads the same on a page, in the command and in an error.
 */
export function showSize(bytes: number): string {
  let [value, power] = [bytes, 0];
  // What would be rounded up to 1024 of a unit is one of the next.
  while (power < units.length - 1 && Number(round(value, power)) >= 1024) [value, power] = [value / 1024, power + 1];
  return `${round(value, power)} ${units[power]}`;
}

/**
 * A size and the limit that it is over; to the byte where they would read the same.
 *
 * @returns both as people read them
 */
export function showOverLimit(bytes: number, limitBytes: number): [string, string] {
  const [found, limit] = [showSize(bytes), showSize(limitBytes)];
  return found === limit ? [`${bytes} B`, `${limitBytes} B`] : [found, limit];
}

function round(value: number, power: number): string {
  const decimals = power === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return String(Number(value.toFixed(decimals)));
}
