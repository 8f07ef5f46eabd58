import type { MetricValue, PublishedScore, Score } from '@holdout/contracts';
import { metrics } from '@holdout/scoring';
import { bold } from './output.js';
import { showTable } from './show-table.js';

type ShownTable = PublishedScore['overall'];

/** The metrics as a table, a row a study type and one for all, and under it why a metric has no value. */
export function showScore(score: Score | PublishedScore): string[] {
  const groups: [string, ShownTable][] = [...Object.entries(score.byStudyType), ['all', score.overall]];
  const header = ['', 'studies', ...metrics.map(({ title }) => title)];
  const rows = groups.map(([name, table]) => [
    name,
    String(table.studies),
    ...metrics.map((metric) => showValue(table[metric.name])),
  ]);
  const reasons = new Set(
    groups.flatMap(([name, table]) =>
      metrics.flatMap((metric) => {
        const value = table[metric.name];
        return value.value === null
          ? [`${metric.title} of ${name}: ${'reason' in value ? value.reason : 'undefined'}`]
          : [];
      }),
    ),
  );
  const [head = '', ...lines] = showTable(header, rows);
  return [bold(head), ...lines, ...[...reasons].slice(0, 10).map((reason) => `– ${reason}`)];
}

function showValue({ value }: MetricValue): string {
  return value === null ? '–' : value.toFixed(3);
}
