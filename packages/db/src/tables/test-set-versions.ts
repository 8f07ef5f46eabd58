import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { Label } from '../schema.js';
import { listReaderLabels } from './labels.js';

/** What a study and its patient were called where they came from. */
export interface StudySource {
  study: string;
  patient: string;
}

export interface NewStudy {
  /** The study's name as bundles and predictions see it. */
  study: string;
  studyType: string;
  patient: string;
  /** The label that scores are made against. */
  goldLabel: Label;
  /** In the order in which their probabilities are stored. */
  images: readonly NewImage[];
  /** What it was called where it came from, where that is another name; only organisers see it. */
  source?: StudySource | undefined;
}

export interface NewImage {
  fileName: string;
  /** The picture's name in storage. */
  digest: string;
  sizeBytes: number;
  width: number;
  height: number;
}

export interface NewReader {
  reader: string;
  /** By study; readers may have read only some. */
  labels: ReadonlyMap<string, Label>;
}

interface NewTestSetVersion {
  /** The slug of the test set, which is made where it is new. */
  testSet: string;
  /** Names the version: the same content must have the same digest. */
  digest: string;
  studies: readonly NewStudy[];
  readers?: readonly NewReader[];
  /** Those of `readers` whose majority is the gold standard. */
  goldReaders?: readonly string[];
}

/**
 * Writes a version of a test set with everything in it, in one transaction; nothing of it can change afterwards.
 * A version that is already there is left as it is.
 *
 * @returns the version's id
 */
export async function insertTestSetVersion(db: Queryable, version: NewTestSetVersion): Promise<string> {
  return db.transaction().execute(async (trx) => {
    const testSetId = await findOrInsertTestSet(trx, version.testSet);
    const inserted = await trx
      .insertInto('testSetVersions')
      .values({
        testSetId,
        digest: version.digest,
        studyTypes: listInOrder(version.studies.map((study) => study.studyType)),
        studies: version.studies.length,
        images: version.studies.reduce((total, study) => total + study.images.length, 0),
        goldReaders: [...(version.goldReaders ?? [])],
      })
      .onConflict((conflict) => conflict.columns(['testSetId', 'digest']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!inserted) return (await findTestSetVersion(trx, version.testSet, version.digest)) ?? missing(version);
    const studyIds = await insertStudies(trx, inserted.id, version.studies);
    await insertImages(trx, studyIds, version.studies);
    await insertLabels(trx, studyIds, version);
    await insertSources(trx, studyIds, version.studies);
    return inserted.id;
  });
}

/** @returns the id of the version of this digest, or null */
export async function findTestSetVersion(db: Queryable, testSet: string, digest: string): Promise<string | null> {
  const row = await db
    .selectFrom('testSetVersions')
    .innerJoin('testSets', 'testSets.id', 'testSetVersions.testSetId')
    .select('testSetVersions.id')
    .where('testSets.slug', '=', testSet)
    .where('testSetVersions.digest', '=', digest)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** A version with everything in it. Hidden: Postgres refuses its labels to the evaluating worker's role. */
export interface TestSetVersionRecord extends Required<NewTestSetVersion> {
  id: string;
}

export async function readTestSetVersion(db: Queryable, versionId: string): Promise<TestSetVersionRecord> {
  const version = await db
    .selectFrom('testSetVersions')
    .innerJoin('testSets', 'testSets.id', 'testSetVersions.testSetId')
    .select(['testSetVersions.id', 'testSets.slug as testSet', 'testSetVersions.digest', 'goldReaders'])
    .where('testSetVersions.id', '=', versionId)
    .executeTakeFirstOrThrow();
  const studies = await db
    .selectFrom('studies')
    .innerJoin('goldLabels', 'goldLabels.studyId', 'studies.id')
    .innerJoin('images', 'images.studyId', 'studies.id')
    .leftJoin('studySources', 'studySources.studyId', 'studies.id')
    .select([
      'studies.study',
      'studies.studyType',
      'studies.patient',
      'goldLabels.label as goldLabel',
      'studySources.source',
      'studySources.patient as sourcePatient',
      sql<NewImage[]>`json_agg(
        json_build_object('fileName', images.file_name, 'digest', images.digest, 'sizeBytes', images.size_bytes,
          'width', images.width, 'height', images.height)
        ORDER BY images.position)`.as('images'),
    ])
    .where('studies.testSetVersionId', '=', versionId)
    .groupBy(['studies.id', 'goldLabels.label', 'studySources.studyId'])
    .orderBy('studies.position')
    .execute();
  const named = studies.map(({ source, sourcePatient, ...study }) => ({
    ...study,
    source: source === null || sourcePatient === null ? undefined : { study: source, patient: sourcePatient },
  }));
  return { ...version, studies: named, readers: await readReaders(db, versionId) };
}

async function readReaders(db: Queryable, versionId: string): Promise<NewReader[]> {
  const labels = new Map<string, Map<string, Label>>();
  for (const { reader, study, label } of await listReaderLabels(db, versionId)) {
    labels.set(reader, (labels.get(reader) ?? new Map<string, Label>()).set(study, label));
  }
  return [...labels].map(([reader, ofReader]) => ({ reader, labels: ofReader }));
}

/** What the other test sets of a competition hold: for each the name of its test set. */
export interface OtherSets {
  /** As the source calls them. */
  patients: ReadonlyMap<string, string>;
  /** By the digests of their files. */
  pictures: ReadonlyMap<string, string>;
}

/** What must not be in a new version of a test set, since it is in another of the same competition. */
export async function readOtherSets(db: Queryable, competitionId: string, testSet: string): Promise<OtherSets> {
  const { rows } = await sql<{ name: string; patient: string; digest: string }>`
    SELECT DISTINCT test_sets.slug AS name, images.digest,
      coalesce(study_sources.patient, studies.patient) AS patient
    FROM phases
    JOIN test_set_versions versions ON versions.id IN (phases.test_set_version_id, phases.sample_version_id)
    JOIN test_sets ON test_sets.id = versions.test_set_id
    JOIN studies ON studies.test_set_version_id = versions.id
    JOIN images ON images.study_id = studies.id
    LEFT JOIN study_sources ON study_sources.study_id = studies.id
    WHERE phases.competition_id = ${competitionId} AND test_sets.slug <> ${testSet}`.execute(db);
  return {
    patients: new Map(rows.map(({ patient, name }) => [patient, name])),
    pictures: new Map(rows.map(({ digest, name }) => [digest, name])),
  };
}

/** A patient or a picture that two versions have in common. */
export interface SharedContent {
  sets: [string, string];
  what: 'patient' | 'picture';
  name: string;
}

/** What the first of some versions has in common with the others, at most `limit`; by their source's names. */
export async function findSharedContent(
  db: Queryable,
  versionId: string,
  otherIds: readonly string[],
  limit: number,
): Promise<SharedContent[]> {
  const { rows } = await sql<SharedContent>`
    WITH contents AS (
      SELECT DISTINCT versions.id, test_sets.slug, images.digest,
        coalesce(study_sources.patient, studies.patient) AS patient,
        coalesce(study_sources.source, studies.study) AS study
      FROM test_set_versions versions
      JOIN test_sets ON test_sets.id = versions.test_set_id
      JOIN studies ON studies.test_set_version_id = versions.id
      JOIN images ON images.study_id = studies.id
      LEFT JOIN study_sources ON study_sources.study_id = studies.id
      WHERE versions.id = ANY(${[versionId, ...otherIds]})
    ), own AS (SELECT * FROM contents WHERE id = ${versionId}),
    others AS (SELECT * FROM contents WHERE id <> ${versionId})
    SELECT DISTINCT ARRAY[own.slug, others.slug] AS sets, 'patient' AS what, own.patient AS name
    FROM own JOIN others ON others.patient = own.patient AND others.slug <> own.slug
    UNION ALL
    SELECT DISTINCT ARRAY[own.slug, others.slug], 'picture', own.study
    FROM own JOIN others ON others.digest = own.digest AND others.slug <> own.slug
    LIMIT ${limit}`.execute(db);
  return rows;
}

/** The latest version of a test set, by the test set's name. */
export async function findLatestVersion(
  db: Queryable,
  testSet: string,
): Promise<{ id: string; goldReaders: string[] } | null> {
  const row = await db
    .selectFrom('testSetVersions')
    .innerJoin('testSets', 'testSets.id', 'testSetVersions.testSetId')
    .select(['testSetVersions.id', 'goldReaders'])
    .where('testSets.slug', '=', testSet)
    .orderBy('testSetVersions.createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** A phase that scores on a test set, as `competition/phase`; null where none does. */
export async function findPhaseOfTestSet(db: Queryable, testSet: string): Promise<string | null> {
  const row = await db
    .selectFrom('phases')
    .innerJoin('competitions', 'competitions.id', 'phases.competitionId')
    .innerJoin('testSetVersions', 'testSetVersions.id', 'phases.testSetVersionId')
    .innerJoin('testSets', 'testSets.id', 'testSetVersions.testSetId')
    .select(sql<string>`competitions.slug || '/' || phases.slug`.as('address'))
    .where('testSets.slug', '=', testSet)
    .executeTakeFirst();
  return row?.address ?? null;
}

/** A version that a phase has, had, or is changing to. */
export interface PhaseVersionRecord {
  id: string;
  digest: string;
  studies: number;
  images: number;
  /** Since when the phase has it, or first had it; null for the one it is changing to. */
  currentFrom: Date | null;
}

/** The versions of a phase, the latest first. */
export async function listVersionsOfPhase(db: Queryable, phaseId: string): Promise<PhaseVersionRecord[]> {
  const { rows } = await sql<PhaseVersionRecord>`
    SELECT versions.id, versions.digest, versions.studies, versions.images, held.since AS "currentFrom"
    FROM test_set_versions versions
    LEFT JOIN (
      SELECT test_set_version_id, min(current_from) AS since FROM phase_test_sets
      WHERE phase_id = ${phaseId} GROUP BY test_set_version_id
    ) held ON held.test_set_version_id = versions.id
    WHERE held.since IS NOT NULL
      OR versions.id = (SELECT next_test_set_version_id FROM phases WHERE id = ${phaseId})
    ORDER BY held.since DESC NULLS FIRST`.execute(db);
  return rows;
}

async function findOrInsertTestSet(db: Queryable, slug: string): Promise<string> {
  const inserted = await db
    .insertInto('testSets')
    .values({ slug })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted) return inserted.id;
  const known = await db.selectFrom('testSets').select('id').where('slug', '=', slug).executeTakeFirstOrThrow();
  return known.id;
}

/** Columns go over as arrays: a test set of 40,000 images is still four statements. */
async function insertStudies(
  db: Queryable,
  versionId: string,
  studies: readonly NewStudy[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ id: number; study: string }>`
    INSERT INTO studies (test_set_version_id, position, study, study_type, patient)
    SELECT ${versionId}::uuid, t.position - 1, t.study, t.study_type, t.patient
    FROM unnest(
      ${studies.map((study) => study.study)}::text[],
      ${studies.map((study) => study.studyType)}::text[],
      ${studies.map((study) => study.patient)}::text[]
    ) WITH ORDINALITY AS t (study, study_type, patient, position)
    RETURNING id, study`.execute(db);
  return new Map(rows.map((row) => [row.study, row.id]));
}

async function insertImages(db: Queryable, studyIds: ReadonlyMap<string, number>, studies: readonly NewStudy[]) {
  const images = studies.flatMap((study) =>
    study.images.map((image, position) => ({ ...image, position, studyId: idOf(studyIds, study.study) })),
  );
  await sql`
    INSERT INTO images (study_id, position, file_name, digest, size_bytes, width, height)
    SELECT * FROM unnest(
      ${images.map((image) => image.studyId)}::bigint[],
      ${images.map((image) => image.position)}::integer[],
      ${images.map((image) => image.fileName)}::text[],
      ${images.map((image) => image.digest)}::text[],
      ${images.map((image) => image.sizeBytes)}::bigint[],
      ${images.map((image) => image.width)}::integer[],
      ${images.map((image) => image.height)}::integer[]
    )`.execute(db);
}

async function insertLabels(db: Queryable, studyIds: ReadonlyMap<string, number>, version: NewTestSetVersion) {
  await sql`
    INSERT INTO gold_labels (study_id, label)
    SELECT * FROM unnest(
      ${version.studies.map((study) => idOf(studyIds, study.study))}::bigint[],
      ${version.studies.map((study) => study.goldLabel)}::smallint[]
    )`.execute(db);
  const readings = (version.readers ?? []).flatMap(({ reader, labels }) =>
    [...labels].map(([study, label]) => ({ reader, label, studyId: idOf(studyIds, study) })),
  );
  await sql`
    INSERT INTO reader_labels (study_id, reader, label)
    SELECT * FROM unnest(
      ${readings.map((reading) => reading.studyId)}::bigint[],
      ${readings.map((reading) => reading.reader)}::text[],
      ${readings.map((reading) => reading.label)}::smallint[]
    )`.execute(db);
}

async function insertSources(db: Queryable, studyIds: ReadonlyMap<string, number>, studies: readonly NewStudy[]) {
  const named = studies.flatMap(({ study, source }) =>
    source === undefined ? [] : [{ studyId: idOf(studyIds, study), ...source, source: source.study }],
  );
  await sql`
    INSERT INTO study_sources (study_id, source, patient)
    SELECT * FROM unnest(
      ${named.map(({ studyId }) => studyId)}::bigint[], ${named.map(({ source }) => source)}::text[],
      ${named.map(({ patient }) => patient)}::text[]
    )`.execute(db);
}

/** The secret by which the studies of a test set get their names; made at the first use. */
export async function readNamingKey(db: Queryable, testSet: string): Promise<string> {
  return await db.transaction().execute(async (trx) => {
    const testSetId = await findOrInsertTestSet(trx, testSet);
    await trx
      .insertInto('testSetKeys')
      .values({ testSetId })
      .onConflict((conflict) => conflict.column('testSetId').doNothing())
      .execute();
    const { namingKey } = await trx
      .selectFrom('testSetKeys')
      .select('namingKey')
      .where('testSetId', '=', testSetId)
      .executeTakeFirstOrThrow();
    return namingKey;
  });
}

function idOf(studyIds: ReadonlyMap<string, number>, study: string): number {
  const id = studyIds.get(study);
  if (id === undefined) throw new Error(`Study ${study} has a label but is not in the test set.`);
  return id;
}

function listInOrder(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function missing(version: NewTestSetVersion): never {
  throw new Error(`Test set ${version.testSet} refused version ${version.digest} and does not have it.`);
}
