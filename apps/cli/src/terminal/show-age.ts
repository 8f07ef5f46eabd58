const units = [
  [24 * 60 * 60, 'd'],
  [60 * 60, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** How long ago something was, short enough for a table: `3 min ago`. */
export function showAge(time: string, now = Date.now()): string {
  // The clock of the server may be a little ahead of this one.
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  const [size, name] = units.find(([unitSeconds]) => seconds >= unitSeconds) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${name} ago`;
}
