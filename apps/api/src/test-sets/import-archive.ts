import type { BundleFiles, BundleLimits } from '@holdout/bundle';
import { openBundlePath } from '@holdout/bundle/node';
import {
  HoldoutError,
  makeProblem,
  makeSentence,
  makeToldProblem,
  type NewTestSetImport,
  type ProblemItem,
  type Sentence,
  showOverLimit,
  type TestSetImport,
} from '@holdout/contracts';
import {
  findPhaseOfTestSet,
  insertAudit,
  type OtherSets,
  type PhaseRecord,
  readNamingKey,
  readOtherSets,
} from '@holdout/db';
import type { Storage } from '@holdout/storage';
import {
  drawReaders,
  type ImportPlan,
  inspectImage,
  nameOpaquely,
  type OpaqueName,
  type PlannedStudy,
  planImport,
} from '@holdout/testset';
import type { FastifyBaseLogger } from 'fastify';
import type { RouteParts } from '../app.js';
import { changeTestSet } from './change-test-set.js';
import { type StoredImage, type StoredStudy, writeTestSetVersion } from './import-test-set.js';
import type { ReceivedArchive } from './receive-archive.js';

const archiveLimits: BundleLimits = { maxEntries: 2_000_000, unpackedSizeBytes: 1024 ** 4, maxRatio: 1000 };
const mostTableBytes = 64 * 1024 * 1024;
const mostImageBytes = 64 * 1024 * 1024;
const mostProblems = 1000;
const drawnReaders = 3;

/** How an archive becomes a test set. */
export interface ImportRule {
  /** The table with the labels, where there are several. */
  readonly labelsFile?: string | undefined;
  /** The readers whose majority is the gold standard; all of them where there are an odd number and none is named. */
  readonly goldReaders?: readonly string[] | undefined;
  /** Draws three of the readers at random, by this seed. */
  readonly drawSeed?: number | undefined;
}

interface ImportArchive {
  readonly received: ReceivedArchive;
  readonly rule: ImportRule;
  readonly note: string;
  readonly actor: string;
}

/**
 * Makes a version of a phase's test set out of an archive, and lets the phase change to it. Nothing is written before all
 * of it was found right; an import that was interrupted is begun again from the start.
 *
 * @throws HoldoutError `test_set_invalid` with every problem, by file and line; `archive_…`
 */
export async function importForPhase(
  parts: RouteParts,
  { phase, received, rule, note, actor }: ImportArchive & { readonly phase: PhaseRecord },
  log: FastifyBaseLogger,
): Promise<TestSetImport> {
  const others = await readOtherSets(parts.database, phase.competitionId, phase.testSet);
  const { version, ...read } = await readArchive(parts, { received, rule, testSet: phase.testSet, others });
  if (version.digest === phase.testSetDigest) {
    throw new HoldoutError('test_set_invalid', { sentences: [makeSentence('version_present', {})] });
  }
  const change = { phase, versionId: version.versionId, note: note + describeDraw(rule, read.goldReaders), actor };
  const changed = await changeTestSet(parts, change, log);
  return { ...changed, ...read };
}

/**
 * The same for a test set that no phase has yet; a competition's file names it then.
 *
 * @throws HoldoutError `test_set_invalid`, also where a phase has it
 */
export async function importNewTestSet(
  parts: RouteParts,
  { testSet, received, rule, note, actor }: ImportArchive & { readonly testSet: string },
): Promise<NewTestSetImport> {
  const { database } = parts;
  const user = await findPhaseOfTestSet(database, testSet);
  if (user) {
    const words = makeSentence('test_set_of_phase', { testSet, phase: user });
    throw new HoldoutError('test_set_invalid', { sentences: [words] });
  }
  const others = { patients: new Map<string, string>(), pictures: new Map<string, string>() };
  const { version, ...read } = await readArchive(parts, { received, rule, testSet, others });
  const after = { version: version.digest, note: note + describeDraw(rule, read.goldReaders) };
  const act = { actor, action: 'test-set.import', competitionId: null, subject: testSet, before: null, after };
  await insertAudit(database, act);
  return { testSet, version: version.digest, ...read };
}

function describeDraw({ drawSeed }: ImportRule, goldReaders: readonly string[]): string {
  return drawSeed === undefined ? '' : ` (gold readers drawn by the seed ${drawSeed}: ${goldReaders.join(', ')})`;
}

interface ReadArchive {
  readonly received: ReceivedArchive;
  readonly rule: ImportRule;
  readonly testSet: string;
  /** What must not be in it. */
  readonly others: OtherSets;
}

async function readArchive(parts: RouteParts, { received, rule, testSet, others }: ReadArchive) {
  const { database, storage } = parts;
  const { plan, images, skipped } = await withArchive(received, async (archive) => {
    const plan = await makePlan(archive, rule.labelsFile, others.patients);
    const images = await storeImages(archive, plan, others.pictures, storage);
    return { plan, images, skipped: [...archive.litter] };
  });
  const goldReaders = chooseGoldReaders(plan, rule);
  const names = nameOpaquely(plan.studies, await readNamingKey(database, testSet));
  const studies = plan.studies.map((study) => describeStudy(study, images, names, goldReaders.length > 0));
  const version = await writeTestSetVersion(database, { testSet, studies, goldReaders });
  return { version, studies: version.studies, images: version.images, goldReaders, skipped };
}

async function withArchive<T>({ path }: ReceivedArchive, use: (archive: BundleFiles) => Promise<T>): Promise<T> {
  const archive = await openBundlePath(path, archiveLimits);
  try {
    return await use(archive);
  } finally {
    await archive.close();
  }
}

async function makePlan(
  archive: BundleFiles,
  labelsFile: string | undefined,
  otherPatients: ReadonlyMap<string, string>,
): Promise<ImportPlan> {
  const tables: { path: string; text: string }[] = [];
  for (const { path, sizeBytes } of archive.files) {
    if (!/\.csv$/i.test(path)) continue;
    if (sizeBytes > mostTableBytes) {
      const [found, limit] = showOverLimit(sizeBytes, mostTableBytes);
      const expected = makeSentence('at_most', { limit });
      refuse([makeProblem('test_set_invalid', { file: path, found, expected })]);
    }
    const bytes = await joinChunks(archive.stream(path));
    tables.push({ path, text: bytes.toString('utf8') });
  }
  const plan = planImport({ paths: archive.files.map(({ path }) => path), tables, labelsFile });
  const shared = plan.studies.flatMap(({ patient, images }) => {
    const testSet = otherPatients.get(patient);
    return testSet === undefined ? [] : [describe(images[0], makeSentence('patient_shared', { patient, testSet }))];
  });
  if (plan.problems.length + shared.length > 0) refuse([...plan.problems, ...shared]);
  return plan;
}

function chooseGoldReaders({ readers }: ImportPlan, { goldReaders, drawSeed }: ImportRule): string[] {
  if (readers.length === 0) return [];
  if (drawSeed !== undefined) return [...drawReaders(readers, drawnReaders, drawSeed).drawn];
  const chosen = [...(goldReaders ?? readers)];
  const unknown = chosen.filter((reader) => !readers.includes(reader));
  if (unknown.length > 0) {
    const names = { readers: unknown.join(', '), known: readers.join(', ') };
    refuse([describe(undefined, makeSentence('no_such_reader', names))]);
  }
  if (chosen.length % 2 === 1) return chosen;
  const words = makeSentence('gold_readers_even', { count: chosen.length, readers: readers.join(', ') });
  return refuse([describe(undefined, words)]);
}

/** Every image is decoded, so that one that is cut off is found, and stored as it is read. */
async function storeImages(
  archive: BundleFiles,
  plan: ImportPlan,
  otherPictures: ReadonlyMap<string, string>,
  storage: Storage,
): Promise<Map<string, StoredImage>> {
  const wanted = new Set(plan.studies.flatMap((study) => study.images));
  const stored = new Map<string, StoredImage>();
  const firstWith = new Map<string, string>();
  const problems: ProblemItem[] = [];
  for await (const { file, chunks } of archive.walk()) {
    if (!wanted.has(file.path)) continue;
    const bytes = await joinChunks(chunks);
    const inspected =
      file.sizeBytes > mostImageBytes ? { problem: sayTooLarge(file.sizeBytes) } : await inspectImage(bytes);
    if ('problem' in inspected) {
      problems.push(describe(file.path, inspected.problem));
      continue;
    }
    const { picture, width, height } = inspected;
    const blob = await storage.put(oneChunk(bytes));
    const [other, testSet] = [firstWith.get(picture), otherPictures.get(blob.digest)];
    if (other !== undefined) problems.push(describe(file.path, makeSentence('picture_twice', { other })));
    else if (testSet !== undefined) {
      problems.push(describe(file.path, makeSentence('picture_of_other_set', { testSet })));
    }
    firstWith.set(picture, file.path);
    stored.set(file.path, { fileName: '', ...blob, width, height });
  }
  if (problems.length > 0) refuse(problems);
  return stored;
}

function sayTooLarge(sizeBytes: number): Sentence {
  const [size, limit] = showOverLimit(sizeBytes, mostImageBytes);
  return makeSentence('image_file_size', { size, limit });
}

function describeStudy(
  planned: PlannedStudy,
  images: ReadonlyMap<string, StoredImage>,
  names: ReadonlyMap<string, OpaqueName>,
  hasGoldReaders: boolean,
): StoredStudy {
  const name = names.get(planned.study);
  if (!name) throw new Error(`Study ${planned.study} has no name.`);
  const { label } = planned;
  return {
    ...name,
    source: { study: planned.study, patient: planned.patient },
    studyType: planned.studyType,
    readerLabels: planned.readerLabels,
    ...(hasGoldReaders || label === null ? {} : { goldLabel: label }),
    images: planned.images.map((path, place) => {
      const image = images.get(path);
      if (!image) throw new Error(`Image ${path} was planned and not read.`);
      return { ...image, fileName: `image${place + 1}.png` };
    }),
  };
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function joinChunks(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

function describe(file: string | undefined, words: Sentence): ProblemItem {
  return makeToldProblem('test_set_invalid', { file, words });
}

/** All of them in one report, up to a length that somebody reads. */
function refuse(problems: readonly ProblemItem[]): never {
  const more = problems.length - mostProblems;
  const listed =
    more > 0
      ? [...problems.slice(0, mostProblems), describe(undefined, makeSentence('more_problems', { count: more }))]
      : [...problems];
  const detail = problems.length === 1 ? 'There is 1 problem.' : `There are ${problems.length} problems.`;
  throw new HoldoutError('test_set_invalid', { detail, problems: listed });
}
