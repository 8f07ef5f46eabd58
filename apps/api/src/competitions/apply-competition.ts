import {
  type CompetitionChanges,
  type CompetitionFile,
  HoldoutError,
  makeSentence,
  makeToldProblem,
  type ProblemItem,
  type Sentence,
} from '@holdout/contracts';
import {
  type CompetitionRecord,
  countSubmissions,
  type Database,
  findCompetition,
  findLatestVersion,
  findSharedContent,
  insertAudit,
  insertCompetition,
  insertPhase,
  type PhaseSettings,
  type Queryable,
  readReaderNames,
  recountPhase,
  updateCompetition,
  updatePhase,
} from '@holdout/db';
import { addReferenceEntries } from '../provision/add-reference-entries.js';
import { changeGoldReaders } from '../test-sets/change-test-set.js';
import { compareCompetitions } from './compare-competitions.js';
import { completePhase, type DescribedPhase, describeCompetition } from './describe-competition.js';

interface ApplyCompetition {
  readonly file: CompetitionFile;
  readonly actor: string;
  /** Only says what would change. */
  readonly dryRun?: boolean;
  /** Whether who applies it may give a phase a priority above others'; an organiser's own wish is no reason. */
  readonly mayRaisePriority?: boolean;
  /** Whether a phase may have a test set of this name; any may where it is left out. */
  readonly isOwnTestSet?: (testSet: string) => Promise<boolean>;
}

export interface AppliedCompetition extends CompetitionChanges {
  /** The phases that were there and have another gold standard now: their test sets must change. */
  readonly goldChanges: readonly { readonly phase: string; readonly goldReaders: readonly string[] }[];
}

/**
 * Makes a competition what its file says: it is created, or what differs is changed, all in one transaction and in the
 * audit log. Applying the same file again changes nothing.
 *
 * @throws HoldoutError `competition_invalid` with every problem, where the file does not fit what is there or would break
 *   history: a phase that is left out, another test set or visibility under submissions, a final phase that is not
 */
export async function applyCompetition(
  database: Database,
  { file, actor, dryRun = false, mayRaisePriority = true, isOwnTestSet = async () => true }: ApplyCompetition,
): Promise<AppliedCompetition> {
  const known = await findCompetition(database, file.competition);
  const before = known && describeCompetition(known);
  const now = new Date();
  const found: FoundPhase[] = [];
  const problems: ProblemItem[] = [];
  for (const [position, phase] of file.phases.entries()) {
    const place = `phases.${position}`;
    const record = known?.phases.find(({ slug }) => slug === phase.phase);
    const described = before?.phases.find((each) => each.phase === phase.phase);
    // Of somebody else's it is not even said that it is there.
    const findOwn = async (name: string) => ((await isOwnTestSet(name)) ? findLatestVersion(database, name) : null);
    const testSet = await findOwn(phase.testSet);
    const sample = await findOwn(phase.sample);
    for (const [key, version] of Object.entries({ testSet, sample })) {
      if (version) continue;
      const words = makeSentence('test_set_missing', { testSet: phase[key as 'testSet' | 'sample'] });
      problems.push(problem(`${place}.${key}`, words));
    }
    if (!testSet || !sample) continue;
    const gold = record?.goldReaders ?? testSet.goldReaders;
    const wanted = completePhase(phase, described, gold, now);
    found.push({ place, record, described, wanted, testSetVersionId: testSet.id, sampleVersionId: sample.id });
  }
  const after = { ...file, phases: found.map(({ wanted }) => wanted) };
  for (const each of found) problems.push(...(await checkPhase(database, each)));
  if (!mayRaisePriority) problems.push(...found.flatMap(checkPriority));
  problems.push(...checkMissing(known, file), ...(await checkShared(database, found)));
  if (problems.length > 0) throw new HoldoutError('competition_invalid', { detail: countOf(problems), problems });

  const changes = compareCompetitions(before, after);
  const result = { competition: file.competition, created: known === null, changes, goldChanges: findGold(found) };
  if (dryRun || changes.length === 0) return { ...result, applied: false };
  const ready = await Promise.all(found.map((each) => readyTestSet(database, each)));
  await database.transaction().execute(async (trx) => {
    const { competition: slug, title, description, rules, data } = file;
    const words = { slug, title, description, rules, data };
    const competitionId = known?.id ?? (await insertCompetition(trx, words));
    if (known) await updateCompetition(trx, known.id, words);
    await writePhases(trx, competitionId, ready);
    const audit = { actor, competitionId, subject: slug, before, after };
    await insertAudit(trx, { ...audit, action: known ? 'competition.change' : 'competition.create' });
  });
  for (const { record, wanted } of found) {
    if (record?.testSet === wanted.testSet) continue;
    await addReferenceEntries({ database }, { competition: file.competition, phase: wanted.phase });
  }
  return { ...result, applied: true };
}

interface FoundPhase {
  /** Where the file has it. */
  readonly place: string;
  /** As it is; undefined where it is new. */
  readonly record: CompetitionRecord['phases'][number] | undefined;
  readonly described: DescribedPhase | undefined;
  readonly wanted: DescribedPhase;
  readonly testSetVersionId: string;
  readonly sampleVersionId: string;
}

/** A new phase begins with the gold standard that it asks for. */
async function readyTestSet(database: Database, phase: FoundPhase): Promise<FoundPhase> {
  const { record, wanted, testSetVersionId } = phase;
  if (record || wanted.goldReaders.length === 0) return phase;
  return { ...phase, testSetVersionId: await changeGoldReaders(database, testSetVersionId, wanted.goldReaders) };
}

async function checkPhase(
  database: Database,
  { place, record, wanted, testSetVersionId }: FoundPhase,
): Promise<ProblemItem[]> {
  const problems: ProblemItem[] = [];
  const { release, ranking, opens, closes } = wanted;
  if (opens !== null && closes !== null && opens >= closes) {
    const words = makeSentence('closes_too_early', { closesAt: closes, opensAt: opens });
    problems.push(problem(`${place}.closes`, words));
  }
  if (release.from !== null && release.final !== null && release.from >= release.final) {
    const times = { finalAt: release.final, fromAt: release.from };
    const words = makeSentence(`final_before_${release.board}`, times);
    problems.push(problem(`${place}.release.final`, words));
  }
  if (release.scores === 'ladder' && ranking.by[0] !== 'kappa') {
    const words = makeSentence('ladder_without_kappa', { metric: String(ranking.by[0]) });
    problems.push(problem(`${place}.ranking.by`, words));
  }
  const readers = await readReaderNames(database, record?.testSetVersionId ?? testSetVersionId);
  for (const reader of wanted.goldReaders.filter((each) => !readers.includes(each))) {
    const names = { reader, testSet: wanted.testSet };
    const words =
      readers.length === 0
        ? makeSentence('gold_readers_none', names)
        : makeSentence('gold_reader_unknown', { ...names, known: readers.join(', ') });
    problems.push(problem(`${place}.goldReaders`, words));
  }
  if (!record) return problems;
  if (record.release.state === 'final' && release.final !== record.release.final?.toISOString()) {
    const words = makeSentence('final_stays', { sinceAt: record.release.final?.toISOString() ?? '' });
    problems.push(problem(`${place}.release.final`, words));
  }
  const count = await countSubmissions(database, record.id);
  if (count === 0) return problems;
  if (wanted.testSet !== record.testSet) {
    const words = makeSentence('test_set_kept', { found: wanted.testSet, present: record.testSet, count });
    problems.push(problem(`${place}.testSet`, words));
  }
  if (wanted.visibility !== record.visibility) {
    const values = { found: wanted.visibility, present: record.visibility, count };
    const words = makeSentence('visibility_kept', values);
    problems.push(problem(`${place}.visibility`, words));
  }
  return problems;
}

/** Which competition's work comes first is a matter of who runs the server. */
function checkPriority({ place, record, wanted: { priority } }: FoundPhase): ProblemItem[] {
  const allowed = Math.max(0, record?.priority ?? 0);
  if (priority <= allowed) return [];
  const words = makeSentence('priority_limit', { found: priority, limit: allowed });
  return [problem(`${place}.priority`, words)];
}

function checkMissing(known: CompetitionRecord | null, file: CompetitionFile): ProblemItem[] {
  const gone = (known?.phases ?? []).filter(({ slug }) => !file.phases.some(({ phase }) => phase === slug));
  return gone.map(({ slug }) => problem('phases', makeSentence('phase_kept', { phase: slug })));
}

/** A patient or a picture that teams can see must not be in a hidden set. */
async function checkShared(database: Database, found: readonly FoundPhase[]): Promise<ProblemItem[]> {
  const hidden = found.filter(({ wanted }) => wanted.visibility === 'hidden');
  const open = found.flatMap(({ wanted, testSetVersionId, sampleVersionId }) =>
    wanted.visibility === 'public' ? [testSetVersionId, sampleVersionId] : [sampleVersionId],
  );
  const openSets = new Set(
    found.flatMap(({ wanted: { visibility, testSet, sample } }) =>
      visibility === 'public' ? [testSet, sample] : [sample],
    ),
  );
  const problems: ProblemItem[] = [];
  for (const { place, record, wanted, testSetVersionId } of hidden) {
    if (openSets.has(wanted.testSet)) {
      const words = makeSentence('hidden_set_open', { testSet: wanted.testSet });
      problems.push(problem(`${place}.testSet`, words));
    }
    const versionId = record?.testSetVersionId ?? testSetVersionId;
    for (const { sets, what, name } of await findSharedContent(database, versionId, open, mostShared)) {
      const [testSet, other] = sets;
      const words =
        what === 'patient'
          ? makeSentence('patient_in_sets', { patient: name, testSet, other })
          : makeSentence('picture_in_sets', { study: name, testSet: other });
      problems.push(problem(`${place}.testSet`, words));
    }
  }
  return problems;
}

const mostShared = 100;

async function writePhases(trx: Queryable, competitionId: string, found: readonly FoundPhase[]): Promise<void> {
  // Places are unique: out of the way first, so that two can change theirs.
  for (const [place, { record }] of found.entries()) {
    if (record)
      await trx
        .updateTable('phases')
        .set({ position: -1 - place })
        .where('id', '=', record.id)
        .execute();
  }
  for (const [position, { record, described, wanted, testSetVersionId, sampleVersionId }] of found.entries()) {
    const settings = toSettings(wanted, position);
    if (!record) {
      const slug = wanted.phase;
      await insertPhase(trx, { ...settings, competitionId, slug, testSetVersionId, sampleVersionId });
      continue;
    }
    await updatePhase(trx, record.id, settings);
    if (wanted.sample !== record.sample) {
      await trx.updateTable('phases').set({ sampleVersionId }).where('id', '=', record.id).execute();
    }
    if (wanted.testSet !== record.testSet) {
      await trx.updateTable('phases').set({ testSetVersionId }).where('id', '=', record.id).execute();
    }
    if (described) await recountPhase(trx, record.id);
  }
}

function toSettings(phase: DescribedPhase, position: number): PhaseSettings {
  const { title, description, visibility, sampleInKit, limits, quotas, priority, hardware } = phase;
  const { counted, ranking, release } = phase;
  return {
    title,
    description,
    visibility,
    sampleInKit,
    position,
    bundleSizeBytes: limits.bundleSize,
    timeLimitSeconds: limits.time,
    memoryLimitBytes: limits.memory,
    furtherLimits: {
      cpuLimitSeconds: limits.cpuTime,
      scratchSizeBytes: limits.scratch,
      processLimit: limits.processes,
      openFileLimit: limits.openFiles,
      fileSizeBytes: limits.fileSize,
      outputSizeBytes: limits.output,
      logSizeBytes: limits.log,
    },
    quotas,
    priority,
    hardware,
    opensAt: toDate(phase.opens),
    closesAt: toDate(phase.closes),
    counted,
    ranking,
    release: { ...release, from: toDate(release.from), final: toDate(release.final) },
  };
}

function findGold(found: readonly FoundPhase[]) {
  return found.flatMap(({ record, wanted }) => {
    const { phase, goldReaders } = wanted;
    const isSame = record && [...record.goldReaders].sort().join('\n') === goldReaders.join('\n');
    return record && !isSame ? [{ phase, goldReaders }] : [];
  });
}

function toDate(date: string | null): Date | null {
  return date === null ? null : new Date(date);
}

function problem(field: string, words: Sentence): ProblemItem {
  return makeToldProblem('competition_invalid', { field, words });
}

function countOf(problems: readonly ProblemItem[]): string {
  return problems.length === 1 ? 'There is 1 problem.' : `There are ${problems.length} problems.`;
}
