import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';

/** A row of a table, by the names of its columns. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** The rows as a JSON array of objects, one a line, while they come. */
export function writeJson(rows: AsyncIterable<Row>): Readable {
  return Readable.from(makeLines(rows));
}

async function* makeLines(rows: AsyncIterable<Row>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const row of rows) {
    yield separator + JSON.stringify(row);
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

/**
 * The rows as CSV with a header, while they come. Words that a spreadsheet would take for a formula get an apostrophe;
 * numbers stay as they are.
 */
export function writeCsv(columns: readonly string[], rows: AsyncIterable<Row>): Readable {
  const stringifier = stringify({
    header: true,
    columns: [...columns],
    cast: { string: defuse, boolean: String },
  });
  return Readable.from(rows)
    .on('error', (error) => stringifier.destroy(error))
    .pipe(stringifier);
}

function defuse(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
