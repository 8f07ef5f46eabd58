import { posix } from 'node:path';
import { makeSentence, type ProblemItem, type Sentence } from '@holdout/contracts';
import { type MuraStudyType, muraStudyTypes } from '../mura.js';
import {
  checkReaders,
  type Label,
  nameTwice,
  problemAt,
  quote,
  type Row,
  readLabels,
  readRows,
  repeatedAt,
  type SourceTable,
} from './read-rows.js';

/** What the table says of one study; from the first of its lines, with which the others must agree. */
export interface ListedStudy {
  readonly line: number;
  readonly studyType: MuraStudyType;
  readonly patient: string;
  readonly labels: readonly Label[];
  /** Paths within the archive. */
  readonly images: string[];
}

/** A table with a line for each image. */
export interface ImageTable {
  readonly path: string;
  /** Empty where there is one column, called `label`. */
  readonly readers: readonly string[];
  readonly studies: ReadonlyMap<string, ListedStudy>;
  /** Every image that a line names, of whatever the line is wrong. */
  readonly listed: ReadonlyMap<string, number>;
  readonly problems: readonly ProblemItem[];
}

const ownColumns = ['study', 'image', 'type', 'patient'] as const;

/**
 * Reads the plain format: a header `study,image,type,patient,label`, or readers' names in place of `label`, in any
 * order, and a line for each image with its path from the table's own folder.
 *
 * @param paths - every file of the archive
 * @returns null where the table has another header
 */
export function readImageTable(table: SourceTable, paths: ReadonlySet<string>): ImageTable | null {
  const rows = readRows(table);
  if (!Array.isArray(rows)) return null;
  const [header, ...lines] = rows;
  const names = header?.cells.map((cell) => cell.toLowerCase()) ?? [];
  if (!header || !ownColumns.every((name) => names.includes(name))) return null;
  const labelColumns = names.flatMap((name, column) => (ownColumns.some((own) => own === name) ? [] : [column]));
  const readers = labelColumns.map((column) => header.cells[column] ?? '');
  const isLabel = readers.length === 1 && readers[0]?.toLowerCase() === 'label';
  const problems = checkHeader(table.path, header, readers);
  const studies = new Map<string, ListedStudy>();
  const listed = new Map<string, number>();
  for (const row of problems.length > 0 ? [] : lines) {
    const found = readLine({ path: table.path, row, header: header.cells, names, labelColumns, paths });
    problems.push(...found.problems);
    if (!found.image) continue;
    const earlier = listed.get(found.image);
    if (earlier !== undefined) problems.push(repeatedAt(table.path, row.line, found.image, earlier));
    listed.set(found.image, row.line);
    if (!found.study) continue;
    const known = studies.get(found.name);
    if (known) {
      problems.push(...compareLines(table.path, found.name, known, found.study));
      known.images.push(found.image);
    } else studies.set(found.name, { ...found.study, images: [found.image] });
  }
  return { path: table.path, readers: isLabel ? [] : readers, studies, listed, problems };
}

function checkHeader(path: string, { line, cells }: Row, readers: readonly string[]): ProblemItem[] {
  if (readers.length === 0) {
    return [problemAt(path, line, makeSentence('found_no_label_column', {}), makeSentence('label_columns', {}))];
  }
  const problems = checkReaders(path, line, readers);
  const twice = cells.find((name, column) => cells.indexOf(name) !== column);
  if (problems.length > 0 || twice === undefined) return problems;
  return [nameTwice(path, line, twice)];
}

interface Line {
  readonly path: string;
  readonly row: Row;
  readonly header: readonly string[];
  /** The header in lower case. */
  readonly names: readonly string[];
  readonly labelColumns: readonly number[];
  readonly paths: ReadonlySet<string>;
}

function readLine({ path, row: { line, cells }, header, names, labelColumns, paths }: Line) {
  const none = { name: '', image: null, study: null };
  if (cells.length !== names.length) {
    const found = makeSentence('found_cells', { count: cells.length });
    const expected = makeSentence('as_in_header', { count: names.length });
    return { ...none, problems: [problemAt(path, line, found, expected)] };
  }
  const [name = '', file = '', type = '', patient = ''] = ownColumns.map((own) => cells[names.indexOf(own)]);
  const values = labelColumns.map((column) => cells[column] ?? '');
  const columns = labelColumns.map((column) => header[column] ?? '');
  const { labels, problems } = readLabels(path, line, values, columns);
  const studyType = muraStudyTypes.find((known) => known === type.toLowerCase().replace(/^xr_/, ''));
  const wrong = (found: Sentence, expected: Sentence) => problems.push(problemAt(path, line, found, expected));
  const empty = (column: string) => makeSentence('found_empty_cell', { column });
  if (!studyType) {
    const types = makeSentence('one_of', { values: muraStudyTypes.join(', ') });
    wrong(makeSentence('found_type', { type: quote(type) }), types);
  }
  if (name === '') wrong(empty('study'), makeSentence('study_name', {}));
  if (patient === '') wrong(empty('patient'), makeSentence('patient_name', {}));
  const image = [posix.join(posix.dirname(path), file), posix.normalize(file)].find((full) => paths.has(full));
  if (!image) wrong(makeSentence('found_image', { path: quote(file) }), makeSentence('path_there', {}));
  if (problems.length > 0 || !studyType) return { name, image: image ?? null, study: null, problems };
  return { name, image: image ?? null, study: { line, studyType, patient, labels }, problems };
}

function compareLines(
  path: string,
  name: string,
  known: ListedStudy,
  { line, studyType, patient, labels }: Omit<ListedStudy, 'images'>,
): ProblemItem[] {
  const found: Sentence[] = [];
  if (studyType !== known.studyType) found.push(makeSentence('found_as_type', { study: name, type: studyType }));
  if (patient !== known.patient) found.push(makeSentence('found_with_patient', { study: name, patient }));
  if (labels.join() !== known.labels.join()) found.push(makeSentence('found_other_labels', { study: name }));
  const expected = makeSentence('same_as_line', { line: known.line });
  return found.map((words) => problemAt(path, line, words, expected));
}
