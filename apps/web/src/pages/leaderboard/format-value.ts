import type { MetricValue } from '@holdout/contracts';

/** What a cell shows, and the explanation that goes with it where there is nothing to show. */
export interface CellText {
  readonly text: string;
  readonly explanation: string | null;
}

const nothing = '—';

/**
 * A metric with three decimals, or as few as the phase publishes; a dash with the reason where it has no value.
 */
export function formatMetric(value: MetricValue | undefined, decimals: number | null = null): CellText {
  if (value === undefined) return { text: nothing, explanation: 'There are no studies of this type.' };
  if (value.value === null) return { text: nothing, explanation: value.reason };
  const text = value.value.toFixed(Math.min(3, decimals ?? 3));
  // A true minus sign is read out as one; what rounds to zero has no sign.
  return { text: (Number(text) === 0 ? text.replace('-', '') : text).replace('-', '−'), explanation: null };
}

/** `0.74 to 0.90`. */
export function formatInterval({ lower, upper }: { lower: number; upper: number }): string {
  return [lower, upper].map((bound) => bound.toFixed(2).replace('-', '−')).join(' to ');
}

/** `2026-03-01T09:30:00.000Z` → `1 Mar 2026`, in the reader's own time zone. */
export function formatDate(time: string | null): CellText {
  if (time === null) return { text: nothing, explanation: 'Reference entries have no date of submission.' };
  const date = new Date(time);
  return {
    text: date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }),
    explanation: null,
  };
}

/** `wrist` → `Wrist`; what is shown of a study type. */
export function formatStudyType(studyType: string): string {
  return studyType.charAt(0).toUpperCase() + studyType.slice(1).replaceAll('_', ' ');
}

export function formatWaiting(waiting: number): string {
  if (waiting === 0) return 'No submission is waiting.';
  return waiting === 1 ? '1 submission is being evaluated.' : `${waiting} submissions are being evaluated.`;
}

/** Only web addresses become links: whatever else a team wrote stays text. */
export function safeLink(link: string | null): string | null {
  return link !== null && /^https?:\/\//i.test(link) ? link : null;
}
