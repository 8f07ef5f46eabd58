import { posix } from 'node:path';
import type { ProblemItem } from '@holdout/contracts';
import { type MuraStudyType, muraStudyTypes } from '../mura.js';
import {
  checkReaders,
  type Label,
  problemAt,
  quote,
  type Row,
  readLabels,
  readRows,
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
    const found = readLine({ path: table.path, row, names, labelColumns, paths });
    problems.push(...found.problems);
    if (!found.image) continue;
    const earlier = listed.get(found.image);
    if (earlier !== undefined) {
      problems.push(problemAt(table.path, row.line, `${found.image} again, after line ${earlier}`, 'it once'));
    }
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
  if (readers.length === 0)
    return [problemAt(path, line, 'no column of labels', '“label”, or a column for each reader')];
  const problems = checkReaders(path, line, readers);
  const twice = cells.find((name, column) => cells.indexOf(name) !== column);
  if (problems.length > 0 || twice === undefined) return problems;
  return [problemAt(path, line, `two columns ${quote(twice)}`, 'a name of its own for each')];
}

interface Line {
  readonly path: string;
  readonly row: Row;
  readonly names: readonly string[];
  readonly labelColumns: readonly number[];
  readonly paths: ReadonlySet<string>;
}

function readLine({ path, row: { line, cells }, names, labelColumns, paths }: Line) {
  const none = { name: '', image: null, study: null };
  if (cells.length !== names.length) {
    const [found, expected] = [`${cells.length} cells`, `${names.length}, as in the header`];
    return { ...none, problems: [problemAt(path, line, found, expected)] };
  }
  const [name = '', file = '', type = '', patient = ''] = ownColumns.map((own) => cells[names.indexOf(own)]);
  const values = labelColumns.map((column) => cells[column] ?? '');
  const columns = labelColumns.map((column) => names[column] ?? '');
  const { labels, problems } = readLabels(path, line, values, columns);
  const studyType = muraStudyTypes.find((known) => known === type.toLowerCase().replace(/^xr_/, ''));
  if (!studyType)
    problems.push(problemAt(path, line, `the type ${quote(type)}`, `one of ${muraStudyTypes.join(', ')}`));
  if (name === '') problems.push(problemAt(path, line, 'an empty cell in column study', 'a study’s name'));
  if (patient === '') problems.push(problemAt(path, line, 'an empty cell in column patient', 'a patient’s name'));
  const image = [posix.join(posix.dirname(path), file), posix.normalize(file)].find((full) => paths.has(full));
  if (!image) problems.push(problemAt(path, line, `the image ${quote(file)}`, 'a path to a file that is there'));
  if (problems.length > 0 || !studyType) return { name, image: image ?? null, study: null, problems };
  return { name, image: image ?? null, study: { line, studyType, patient, labels }, problems };
}

function compareLines(
  path: string,
  name: string,
  known: ListedStudy,
  { line, studyType, patient, labels }: Omit<ListedStudy, 'images'>,
): ProblemItem[] {
  const same = `the same as on line ${known.line}`;
  const problems: ProblemItem[] = [];
  if (studyType !== known.studyType) problems.push(problemAt(path, line, `${name} as a ${studyType}`, same));
  if (patient !== known.patient) problems.push(problemAt(path, line, `${name} with the patient ${patient}`, same));
  if (labels.join() !== known.labels.join()) problems.push(problemAt(path, line, `other labels of ${name}`, same));
  return problems;
}
