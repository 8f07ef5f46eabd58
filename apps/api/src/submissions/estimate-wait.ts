import type { ExpectedSeconds } from '@holdout/contracts';
import type { QueueAhead } from '@holdout/db';

/** In seconds, by test-set version: how long earlier evaluations took. */
export type Durations = ReadonlyMap<string, readonly number[]>;

export interface EstimatedWait {
  untilStart: ExpectedSeconds | null;
  untilEnd: ExpectedSeconds | null;
}

/**
 * How long an evaluation still takes, by what earlier ones took. As many workers are assumed as are at work now; what is
 * under way and what waits before it is shared among them. `lower` takes every evaluation for as short as the shortest
 * tenth was, `upper` for as long as the longest tenth: a wide answer, but one that does not have to be taken back.
 *
 * @param durations - where a version before it was never measured, this evaluation's own stand for it
 */
export function estimateWait(
  { testSetVersionId, elapsedSeconds, ahead, underWay }: Omit<QueueAhead, 'hardware' | 'workers'>,
  durations: Durations,
): EstimatedWait {
  const own = durations.get(testSetVersionId) ?? [];
  if (own.length === 0) return { untilStart: null, untilEnd: null };
  const of = (versionId: string) => durations.get(versionId) ?? own;
  if (elapsedSeconds !== null) {
    return { untilStart: null, untilEnd: spread((share) => remaining(own, elapsedSeconds, share)) };
  }
  const workers = Math.max(1, underWay.length);
  const startAt = (share: number) => {
    const begun = underWay.map((each) => remaining(of(each.testSetVersionId), each.elapsedSeconds, share));
    const waiting = ahead.map(({ testSetVersionId: version, count }) => count * quantile(of(version), share));
    return [...begun, ...waiting].reduce((sum, seconds) => sum + seconds, 0) / workers;
  };
  return { untilStart: spread(startAt), untilEnd: spread((share) => startAt(share) + quantile(own, share)) };
}

function spread(at: (share: number) => number): ExpectedSeconds {
  return { lower: Math.round(at(0.1)), median: Math.round(at(0.5)), upper: Math.round(at(0.9)) };
}

/** What is left of one that has run for so long: only those that took longer tell. */
function remaining(durations: readonly number[], elapsedSeconds: number, share: number): number {
  const longer = durations.filter((seconds) => seconds > elapsedSeconds);
  return longer.length === 0 ? 0 : quantile(longer, share) - elapsedSeconds;
}

/** By linear interpolation between the sorted values. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
