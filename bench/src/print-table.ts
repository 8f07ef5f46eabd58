import type { Aim, Result } from './measurement.js';

/** The results as a table for a terminal: a line a row, columns aligned, numbers to the right. */
export function formatTable(results: readonly Result[]): string {
  const lines = [header, ...results.map(formatResult)];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => pad(cell, widths[column] ?? 0, column))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const header = ['what', 'median', 'unit', 'range', 'against', 'median', 'ratio', 'aim', ''];
const numberColumns = new Set([1, 3, 5, 6]);

function formatResult(result: Result): string[] {
  const { what, unit, median, samples, against, againstMedian, ratio, aim, aimMet } = result;
  return [
    what,
    round(median),
    unit,
    `${round(Math.min(...samples))}–${round(Math.max(...samples))}`,
    against?.what ?? '',
    againstMedian === undefined ? '' : round(againstMedian),
    ratio === undefined ? '' : ratio.toFixed(3),
    aim ? describeAim(aim) : '',
    aimMet === undefined ? '' : aimMet ? 'met' : 'missed',
  ];
}

function describeAim({ of, comparison, value }: Aim): string {
  return `${of} ${comparison === 'atLeast' ? '≥' : '<'} ${value}`;
}

/** Three significant digits, but no exponent. */
function round(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function pad(cell: string, width: number, column: number): string {
  return numberColumns.has(column) ? cell.padStart(width) : cell.padEnd(width);
}
