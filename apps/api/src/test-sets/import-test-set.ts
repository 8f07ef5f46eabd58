import { HoldoutError, makeSentence, makeToldProblem, type ProblemItem, type Sentence } from '@holdout/contracts';
import { type Database, insertTestSetVersion } from '@holdout/db';
import type { Storage } from '@holdout/storage';
import { majorityLabels } from '@holdout/testset';
import { compareText, digestStudies } from './digest-test-set.js';
import { readPngSize } from './read-png-size.js';

type Label = 0 | 1;

/** A study with its images' bytes and its labels; 1 is abnormal. */
export interface ImportedStudy {
  /** The name that predictions use, such as `XR_WRIST/patient00001/study1`. */
  readonly study: string;
  readonly studyType: string;
  readonly patient: string;
  /** In the order in which their probabilities are stored. */
  readonly images: readonly { readonly fileName: string; readonly bytes: Uint8Array }[];
  /** What each reader said, by the reader's name. */
  readonly readerLabels?: Readonly<Record<string, Label>>;
  /** The gold standard, where it is given directly and not by readers. */
  readonly goldLabel?: Label;
  /** What it was called where it came from, where that is another name. */
  readonly source?: { readonly study: string; readonly patient: string };
}

interface ImportOptions {
  /** The slug of the test set that this becomes a version of. */
  readonly testSet: string;
  readonly studies: AsyncIterable<ImportedStudy> | Iterable<ImportedStudy>;
  /** The readers whose majority is the gold standard; left out where each study has a `goldLabel`. */
  readonly goldReaders?: readonly string[];
}

interface ImportedVersion {
  readonly versionId: string;
  readonly digest: string;
  readonly studies: number;
  readonly images: number;
}

export interface StoredImage {
  readonly fileName: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly width: number;
  readonly height: number;
}

/** A study whose images are in storage: what is left of it in memory. */
export interface StoredStudy extends Omit<ImportedStudy, 'images'> {
  readonly images: readonly StoredImage[];
}

/**
 * Puts the images into storage and writes a test-set version that never changes, named by the sha256 over
 * everything in it. The same studies and labels give the same version, in whatever order they come.
 * Images go one by one, so a test set need not fit into memory.
 *
 * @throws HoldoutError `test_set_invalid` with every problem; nothing but unnamed blobs is left then.
 */
export async function importTestSet(
  { database, storage }: { readonly database: Database; readonly storage: Storage },
  { testSet, studies, goldReaders = [] }: ImportOptions,
): Promise<ImportedVersion> {
  const problems: ProblemItem[] = [];
  const stored: StoredStudy[] = [];
  for await (const study of studies) stored.push(await storeImages(storage, study, problems));
  return await writeTestSetVersion(database, { testSet, studies: stored, goldReaders, problems });
}

interface WriteOptions {
  readonly testSet: string;
  /** Their images are in storage. */
  readonly studies: readonly StoredStudy[];
  readonly goldReaders: readonly string[];
  /** What was found wrong before. */
  readonly problems?: readonly ProblemItem[];
}

/** The second half of an import: checks what was read, and writes the version. */
export async function writeTestSetVersion(
  database: Database,
  { testSet, studies, goldReaders, problems: earlier = [] }: WriteOptions,
): Promise<ImportedVersion> {
  const problems = [...earlier];
  const stored = [...studies];
  stored.sort((a, b) => compareText(a.study, b.study));
  checkStudies(stored, goldReaders, problems);
  if (problems.length > 0) throw new HoldoutError('test_set_invalid', { detail: countOf(problems), problems });

  const labels = listReaderLabels(stored);
  const gold =
    goldReaders.length > 0 ? majorityLabels(labels.filter(({ reader }) => goldReaders.includes(reader))) : null;
  const complete = stored.map((study) => ({ ...study, goldLabel: goldLabelOf(study, gold) }));
  const digest = digestStudies(complete, goldReaders);
  const versionId = await insertTestSetVersion(database, {
    testSet,
    digest,
    studies: complete,
    readers: labels,
    goldReaders: [...goldReaders],
  });
  const images = stored.reduce((total, study) => total + study.images.length, 0);
  return { versionId, digest, studies: stored.length, images };
}

async function storeImages(storage: Storage, study: ImportedStudy, problems: ProblemItem[]): Promise<StoredStudy> {
  const images: StoredImage[] = [];
  for (const { fileName, bytes } of study.images) {
    const size = readPngSize(bytes);
    if (!size) problems.push(problem(`${study.study}/${fileName}`, makeSentence('image_no_picture', {})));
    else images.push({ fileName, ...(await storage.put(oneChunk(bytes))), ...size });
  }
  return { ...study, images };
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Every problem is found before anything is refused, so that a list can be corrected at once. */
function checkStudies(studies: readonly StoredStudy[], goldReaders: readonly string[], problems: ProblemItem[]): void {
  if (studies.length === 0) problems.push(problem(undefined, makeSentence('no_studies', {})));
  if (goldReaders.length > 0 && goldReaders.length % 2 === 0) {
    problems.push(problem(undefined, makeSentence('voters_even', { count: goldReaders.length })));
  }
  const readers = new Set(studies.flatMap(({ readerLabels }) => Object.keys(readerLabels ?? {})));
  for (const [place, study] of studies.entries()) {
    const { study: name, images, readerLabels = {} } = study;
    if (studies[place - 1]?.study === name) problems.push(problem(name, makeSentence('study_named_twice', {})));
    if (images.length === 0) problems.push(problem(name, makeSentence('study_without_image', {})));
    const fileNames = new Set(images.map((image) => image.fileName));
    if (fileNames.size < images.length) problems.push(problem(name, makeSentence('image_named_twice', {})));
    for (const reader of new Set([...readers, ...goldReaders])) {
      if (readerLabels[reader] === undefined) problems.push(problem(name, makeSentence('study_unread', { reader })));
    }
    if (goldReaders.length === 0 && study.goldLabel === undefined)
      problems.push(problem(name, makeSentence('study_without_gold', {})));
  }
}

function listReaderLabels(studies: readonly StoredStudy[]): { reader: string; labels: Map<string, Label> }[] {
  const byReader = new Map<string, Map<string, Label>>();
  for (const { study, readerLabels = {} } of studies) {
    for (const [reader, label] of Object.entries(readerLabels)) {
      const labels = byReader.get(reader) ?? new Map<string, Label>();
      byReader.set(reader, labels.set(study, label));
    }
  }
  return [...byReader].map(([reader, labels]) => ({ reader, labels }));
}

function goldLabelOf({ study, goldLabel }: StoredStudy, majority: ReadonlyMap<string, Label> | null): Label {
  const label = majority ? majority.get(study) : goldLabel;
  if (label === undefined) throw new Error(`Study ${study} was checked and has no gold label.`);
  return label;
}

function problem(file: string | undefined, words: Sentence): ProblemItem {
  return makeToldProblem('test_set_invalid', { file, words });
}

function countOf(problems: readonly ProblemItem[]): string {
  return problems.length === 1 ? 'There is 1 problem.' : `There are ${problems.length} problems.`;
}
