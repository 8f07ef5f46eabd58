import { makeSentence, makeToldProblem, type ProblemItem, type Sentence } from '@holdout/contracts';
import { muraStudyTypes } from '../mura.js';
import { type ImagePlace, isImage, parseStudyPath } from './parse-path.js';
import { type ImageTable, readImageTable } from './read-image-table.js';
import { type LabelTable, readLabelTable } from './read-label-table.js';
import type { Label, SourceTable } from './read-rows.js';

/** A study that is to be imported: where its images lie, and what is known of it. */
export interface PlannedStudy {
  /** As the source calls it, without a label suffix. */
  readonly study: string;
  readonly studyType: string;
  readonly patient: string;
  /** Paths, in the order of their names, with `image2` before `image10`. */
  readonly images: readonly string[];
  /** By the reader's name; empty where the label is given directly. */
  readonly readerLabels: Readonly<Record<string, Label>>;
  /** Where no readers are known. */
  readonly label: Label | null;
}

export interface ImportPlan {
  readonly studies: readonly PlannedStudy[];
  readonly readers: readonly string[];
  readonly problems: readonly ProblemItem[];
}

interface ImportSource {
  /** All files, tables too, without what a desktop left behind. */
  readonly paths: readonly string[];
  readonly tables: readonly SourceTable[];
  /** The table with the labels, where there are several. */
  readonly labelsFile?: string | undefined;
}

/**
 * Finds the studies of a data set and their labels, from the names of its files and its tables alone: before a single
 * image is read. It is a plain table with a line for each image, or MURA's folders with a table of labels or with the
 * labels as suffixes; where both are there they must agree.
 */
export function planImport({ paths, tables, labelsFile }: ImportSource): ImportPlan {
  const images = paths.filter(isImage);
  const problems: ProblemItem[] = [];
  if (images.length === 0) problems.push(problemOf(undefined, makeSentence('no_images', {})));
  const table = chooseTable(tables, new Set(paths), labelsFile, problems);
  // What else is wrong follows from that, or can be told once the table is read.
  if (table && isUnread(table)) return { studies: [], readers: [], problems };
  const readers = table?.content.readers ?? [];
  const studies =
    table?.kind === 'images'
      ? planTable(table.content, images, problems)
      : planFolders(table?.content ?? null, images, problems);
  return { studies, readers, problems };
}

function isUnread({ kind, content }: ChosenTable): boolean {
  const read = kind === 'images' ? content.listed : content.rows;
  return read.size === 0 && content.problems.length > 0;
}

function planTable(table: ImageTable, images: readonly string[], problems: ProblemItem[]): PlannedStudy[] {
  for (const path of images) {
    if (table.listed.has(path)) continue;
    problems.push(problemOf(path, makeSentence('image_unlisted', { table: table.path })));
  }
  return [...table.studies].map(([study, { studyType, patient, labels, images }]) => ({
    study,
    studyType,
    patient,
    images: images.sort(byNumber.compare),
    ...assignLabels(table.readers, labels),
  }));
}

function planFolders(table: LabelTable | null, images: readonly string[], problems: ProblemItem[]): PlannedStudy[] {
  const found = gatherStudies(images, problems);
  const studies = [...found].map(([name, study]): PlannedStudy => {
    const row = table?.rows.get(name);
    if (!row && study.place.label === null) {
      problems.push(problemOf(study.images[0], makeSentence('study_unlabelled', { study: name })));
    }
    problems.push(...compareLabels(name, study, table));
    return {
      study: name,
      studyType: study.place.studyType ?? '',
      patient: study.place.patient,
      images: study.images.sort(byNumber.compare),
      ...assignLabels(table?.readers ?? [], row?.labels ?? (study.place.label === null ? [] : [study.place.label])),
    };
  });
  for (const [name, { line }] of table?.rows ?? []) {
    if (found.has(name)) continue;
    problems.push(problemOf(table?.path, makeSentence('study_imageless', { study: name }), line));
  }
  return studies;
}

function assignLabels(readers: readonly string[], labels: readonly Label[]) {
  if (readers.length === 0) return { readerLabels: {}, label: labels[0] ?? null };
  return {
    readerLabels: Object.fromEntries(readers.map((reader, place) => [reader, labels[place] ?? 0])),
    label: null,
  };
}

const byNumber = new Intl.Collator('en', { numeric: true });

type ChosenTable = { kind: 'images'; content: ImageTable } | { kind: 'labels'; content: LabelTable };

function chooseTable(
  tables: readonly SourceTable[],
  paths: ReadonlySet<string>,
  labelsFile: string | undefined,
  problems: ProblemItem[],
): ChosenTable | null {
  const wanted = labelsFile === undefined ? tables : tables.filter(({ path }) => endsWithPath(path, labelsFile));
  const found = wanted.flatMap((table): ChosenTable[] => {
    const images = readImageTable(table, paths);
    if (images) return [{ kind: 'images', content: images }];
    const labels = readLabelTable(table);
    return labels ? [{ kind: 'labels', content: labels }] : [];
  });
  const [only] = found;
  if (found.length > 1) {
    const names = found.map(({ content }) => content.path).join(', ');
    problems.push(problemOf(undefined, makeSentence('several_tables', { count: found.length, tables: names })));
  }
  if (labelsFile !== undefined && !only) problems.push(problemOf(labelsFile, makeSentence('no_such_table', {})));
  if (found.length !== 1 || !only) return null;
  problems.push(...only.content.problems);
  return only;
}

function endsWithPath(path: string, end: string): boolean {
  return path === end || path.endsWith(`/${end}`);
}

interface FoundStudy {
  readonly place: ImagePlace;
  readonly images: string[];
}

function gatherStudies(images: readonly string[], problems: ProblemItem[]): Map<string, FoundStudy> {
  const found = new Map<string, FoundStudy>();
  const spellings = new Map<string, string>();
  const unknownTypes = new Set<string>();
  for (const path of images) {
    const place = parseStudyPath(path);
    if (!place) {
      problems.push(problemOf(path, makeSentence('image_astray', {})));
      continue;
    }
    const folder = path.slice(0, path.lastIndexOf('/'));
    const known = spellings.get(place.study.toLowerCase());
    if (known !== undefined && known !== folder) {
      problems.push(problemOf(path, makeSentence('study_twice', { study: place.study, folder: known })));
      continue;
    }
    spellings.set(place.study.toLowerCase(), folder);
    if (place.studyType === null && !unknownTypes.has(place.study)) {
      unknownTypes.add(place.study);
      problems.push(problemOf(path, makeSentence('type_unknown', { study: place.study, types })));
    }
    const study = found.get(place.study) ?? { place, images: [] };
    study.images.push(path);
    found.set(place.study, study);
  }
  return found;
}

const types = muraStudyTypes.map((type) => `XR_${type.toUpperCase()}`).join(', ');

/** A folder that is called positive and a table that says 0 can't both be right. */
function compareLabels(name: string, { place, images }: FoundStudy, table: LabelTable | null): ProblemItem[] {
  const row = table?.rows.get(name);
  if (!row || !table || table.readers.length > 0 || place.label === null || row.labels[0] === place.label) return [];
  const [label = 0] = row.labels;
  const values = { study: name, label, table: table.path, line: row.line, folderLabel: place.label };
  return [problemOf(images[0], makeSentence('labels_disagree', values))];
}

function problemOf(file: string | undefined, words: Sentence, line?: number): ProblemItem {
  return makeToldProblem('test_set_invalid', { file, line, words });
}
