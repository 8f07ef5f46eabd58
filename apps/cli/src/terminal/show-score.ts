import type { MetricValue, PublishedScore, Score } from '@holdout/contracts';
import { metrics } from '@holdout/scoring';
import type { Output } from './output.js';
import { type Column, showTable } from './show-table.js';

type ShownTable = PublishedScore['overall'];

/** Says the metrics as a table, a row a study type and one for all, and under it why a metric has no value. */
export function sayScore(score: Score | PublishedScore, output: Output): void {
  // A database may have changed the order of the types.
  const types = Object.entries(score.byStudyType).sort(([a], [b]) => (a < b ? -1 : 1));
  const groups: [string, ShownTable][] = [...types, ['all', score.overall]];
  const columns: Column[] = ['studies', ...metrics.map(({ title }) => title)].map((title) => ({
    title,
    side: 'right',
  }));
  const rows = groups.map(([name, table]) => [
    name,
    String(table.studies),
    ...metrics.map((metric) => showMetric(table[metric.name])),
  ]);
  const [head = '', ...lines] = showTable([{ title: 'study type', side: 'left' }, ...columns], rows);
  output.title(head);
  for (const line of lines) output.say(line);
  for (const line of listReasons(groups)) output.say(line);
}

/** A metric with three decimals, or as few as a phase publishes; a dash where it is undefined. */
export function showMetric(metric: MetricValue | undefined, decimals: number | null = null): string {
  return metric?.value?.toFixed(Math.min(3, decimals ?? 3)) ?? '–';
}

/** One line for each metric and reason, with the groups it is true of. */
function listReasons(groups: readonly (readonly [string, ShownTable])[]): string[] {
  const groupsByReason = new Map<string, string[]>();
  for (const { name, title } of metrics) {
    for (const [group, table] of groups) {
      const metric = table[name];
      if (metric.value !== null) continue;
      const reason = `${title}: ${metric.reason}`;
      groupsByReason.set(reason, [...(groupsByReason.get(reason) ?? []), group]);
    }
  }
  return [...groupsByReason].map(([reason, names]) => `– ${reason} (${names.join(', ')})`);
}
