import type { MetricValue } from '@holdout/contracts';

/** A metric with three decimals, or as few as the phase publishes; null where it has no value. */
export function formatMetric(value: MetricValue | undefined, decimals: number | null = null): string | null {
  if (value === undefined || value.value === null) return null;
  return formatKappa(value.value, decimals);
}

/** The same of a number, with a true minus sign, which is read out as one; what rounds to zero has none. */
export function formatKappa(value: number, decimals: number | null = null): string {
  const text = value.toFixed(Math.min(3, decimals ?? 3));
  return (Number(text) === 0 ? text.replace('-', '') : text).replace('-', '−');
}

/** `0.74–0.90`; with a word between them where a bound is below zero. */
export function formatInterval({ lower, upper }: { lower: number; upper: number }): string {
  const bounds = [lower, upper].map((bound) => formatKappa(bound, 2));
  return bounds.join(lower < 0 ? ' … ' : '–');
}

/** `.82`: of the strip's cells, which are small. */
export function formatCell(value: number, decimals: number | null = null): string {
  return formatKappa(value, Math.min(2, decimals ?? 2)).replace(/^(−?)0\./, '$1.');
}

/** Only web addresses become links: whatever else a team wrote stays text. */
export function safeLink(link: string | null): string | null {
  return link !== null && /^https?:\/\//i.test(link) ? link : null;
}
