import type { Phase } from '@holdout/contracts';

/** Where things lie on a line from the first moment to the last, in percent of its length. */
export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly now: number;
  barOf(phase: PhaseTimes): { readonly start: number; readonly end: number };
}
type PhaseTimes = Pick<Phase, 'opens' | 'closes'>;

/** Room before the first moment and after the last, as a share of what lies between: what has no end goes to the edge. */
const margin = 0.05;

/** Lays phases out on one line with the present; null where none of them has a beginning or an end. */
export function makeTimeline(phases: readonly PhaseTimes[], now: number): Timeline | null {
  const moments = phases.flatMap(({ opens, closes }) => [opens, closes]).filter((time) => time !== null);
  if (moments.length === 0) return null;
  const all = [...moments.map((time) => new Date(time).getTime()), now];
  const [first, last] = [Math.min(...all), Math.max(...all)];
  const room = Math.max(1, (last - first) * margin);
  const [from, to] = [first - room, last + room];
  const place = (time: number) => (100 * (time - from)) / (to - from);
  return {
    from,
    to,
    now: place(now),
    barOf: ({ opens, closes }) => ({
      start: opens === null ? 0 : place(new Date(opens).getTime()),
      end: closes === null ? 100 : place(new Date(closes).getTime()),
    }),
  };
}
