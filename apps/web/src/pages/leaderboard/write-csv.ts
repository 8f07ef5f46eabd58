import type { BoardFacts, BoardRow } from '../../boards/board-row.js';

type Cell = string | number | boolean | null;

/** The board as RFC 4180 has tables: a header and a line for each row, in the order that they are given in. */
export function writeCsv({ studyTypes }: Pick<BoardFacts, 'studyTypes'>, rows: readonly BoardRow[]): string {
  const header = [
    ...['rank', 'rankLower', 'rankUpper', 'toldApartFromFirst', 'againstBestReader', 'kind', 'team', 'name', 'engine'],
    ...['link', 'submissionId', 'submittedAt', 'kappa', 'kappaLower', 'kappaUpper'],
    ...studyTypes.map((type) => `kappa.${type}`),
  ];
  const lines = rows.map((row): Cell[] => [
    ...[row.rank, row.rankInterval?.lower ?? null, row.rankInterval?.upper ?? null],
    ...[row.toldApartFromFirst, row.againstBestReader, row.kind, row.team, row.name, row.engine],
    ...[row.link, row.submissionId, row.submittedAt],
    ...[row.kappa.value, row.kappaInterval?.lower ?? null, row.kappaInterval?.upper ?? null],
    ...studyTypes.map((type) => row.kappaByType[type]?.value ?? null),
  ]);
  return `${[header, ...lines].map((line) => line.map(writeCell).join(',')).join('\r\n')}\r\n`;
}

/** Words that a spreadsheet would take for a formula get an apostrophe; numbers stay as they are. */
function writeCell(cell: Cell): string {
  if (typeof cell !== 'string') return String(cell ?? '');
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
