/** One value that is another one now, by its dotted path. */
export interface ListedChange {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

/**
 * What differs between two descriptions of a thing, by path. Parts that name themselves, as the phases of a competition
 * do, are called by that name and not counted.
 */
export function listChanges(from: unknown, to: unknown, path = ''): ListedChange[] {
  const [before, after] = [nameParts(from), nameParts(to)];
  if (isSame(before, after)) return [];
  const isLeaf = [before, after].some((side) => side !== null && !isGroup(side));
  if (isLeaf) return [{ path, from, to }];
  const names = [...new Set([before, after].flatMap((side) => Object.keys(side ?? {})))];
  const below = (side: unknown, name: string) => (isGroup(side) ? (side[name] ?? null) : null);
  return names.flatMap((name) =>
    listChanges(below(before, name), below(after, name), path === '' ? name : `${path}.${name}`),
  );
}

/** A list of phases as a group by their names; anything else as it is. */
function nameParts(value: unknown): unknown {
  if (!Array.isArray(value) || value.length === 0) return value;
  const named = value.map((part: unknown) => (isGroup(part) && typeof part.phase === 'string' ? part : null));
  if (named.includes(null)) return value;
  return Object.fromEntries(named.map((part) => [part?.phase, { ...part, phase: undefined }]));
}

/** A rule such as `{ chosen: 2 }` is one value. */
function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('chosen' in value);
}

function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [first, second] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return [...Object.keys(first), ...Object.keys(second)].every((key) => isSame(first[key], second[key]));
}
