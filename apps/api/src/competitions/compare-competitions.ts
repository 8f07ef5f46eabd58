import { isDeepStrictEqual } from 'node:util';
import type { CompetitionChanges } from '@holdout/contracts';
import type { DescribedCompetition } from './describe-competition.js';

/** What differs, by path; phases are named and not counted. */
export function compareCompetitions(
  from: DescribedCompetition | null,
  to: DescribedCompetition,
): CompetitionChanges['changes'] {
  return compareValues('', from && nameParts(from), nameParts(to));
}

function nameParts({ competition: _, phases, ...competition }: DescribedCompetition) {
  return { ...competition, phases: Object.fromEntries(phases.map(({ phase, ...rest }) => [phase, rest])) };
}

function compareValues(path: string, from: unknown, to: unknown): CompetitionChanges['changes'] {
  if (isDeepStrictEqual(from, to)) return [];
  if (!isGroup(to) || (from !== null && !isGroup(from))) return [{ path, from, to }];
  const names = [...new Set([...Object.keys(from ?? {}), ...Object.keys(to)])];
  return names.flatMap((name) =>
    compareValues(path === '' ? name : `${path}.${name}`, from?.[name] ?? null, to[name] ?? null),
  );
}

/** A rule such as `{ chosen: 2 }` is one value. */
function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('chosen' in value);
}
