import { displayWidth, printable } from './printable.js';

type Side = 'left' | 'right';

/** A column of a table; its cells are text from anywhere. */
export interface Column {
  readonly title: string;
  readonly side: Side;
}

/** The lines of a table, the header first. Columns stand two spaces apart. */
export function showTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const lines = [columns.map(({ title }) => title), ...rows].map((cells) => cells.map(printable));
  const widths = columns.map((_, place) => Math.max(...lines.map((cells) => displayWidth(cells[place] ?? ''))));
  return lines.map((cells) =>
    columns
      .map(({ side }, place) => pad(cells[place] ?? '', widths[place] ?? 0, side))
      .join('  ')
      .trimEnd(),
  );
}

function pad(text: string, width: number, side: Side): string {
  const gap = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return side === 'left' ? text + gap : gap + text;
}
