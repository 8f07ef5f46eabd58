import { listChanges } from '@holdout/contracts';

const longestValue = 40;
const mostChanges = 6;

/** What an act changed, on one line: `quotas.perDay: 2 → 3`. What stood nowhere before is shown as it is. */
export function showChanges(before: unknown, after: unknown): string {
  const changes = listChanges(before, after);
  const shown = changes.slice(0, mostChanges).map(({ path, from, to }) => {
    const values = before === null ? showValue(to) : `${showValue(from)} → ${showValue(to)}`;
    return path === '' ? values : `${path}: ${values}`;
  });
  const more = changes.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more: --json`] : [])].join('; ');
}

function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value : value === null ? '–' : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
