import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { Label } from '../schema.js';

/** Hidden: Postgres refuses these to the evaluating worker's role. */
export interface GoldLabelRecord {
  study: string;
  studyType: string;
  patient: string;
  label: Label;
}

/** The gold standard of a test-set version, in the order of its studies. */
export function listGoldLabels(db: Queryable, testSetVersionId: string): Promise<GoldLabelRecord[]> {
  return db
    .selectFrom('studies')
    .innerJoin('goldLabels', 'goldLabels.studyId', 'studies.id')
    .select(['studies.study', 'studies.studyType', 'studies.patient', 'goldLabels.label'])
    .where('studies.testSetVersionId', '=', testSetVersionId)
    .orderBy('studies.position')
    .execute();
}

/**
 * The labels of a public sample, in the order of its studies; none of a version that is no sample, or that a hidden phase
 * scores. The evaluating worker's role may read these and no others.
 */
export async function listSampleLabels(db: Queryable, versionId: string): Promise<Omit<GoldLabelRecord, 'patient'>[]> {
  const { rows } = await sql<Omit<GoldLabelRecord, 'patient'>>`
    SELECT study, study_type AS "studyType", label FROM sample_labels(${versionId})`.execute(db);
  return rows;
}

export interface ReaderLabelRecord {
  reader: string;
  study: string;
  label: Label;
}

/** Who read a test-set version, in the order of their names. */
export async function readReaderNames(db: Queryable, testSetVersionId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('readerLabels')
    .innerJoin('studies', 'studies.id', 'readerLabels.studyId')
    .select('readerLabels.reader')
    .distinct()
    .where('studies.testSetVersionId', '=', testSetVersionId)
    .orderBy('reader')
    .execute();
  return rows.map(({ reader }) => reader);
}

/** What every reader said of a test-set version, by reader and then in the order of its studies. */
export function listReaderLabels(db: Queryable, testSetVersionId: string): Promise<ReaderLabelRecord[]> {
  return db
    .selectFrom('studies')
    .innerJoin('readerLabels', 'readerLabels.studyId', 'studies.id')
    .select(['readerLabels.reader', 'studies.study', 'readerLabels.label'])
    .where('studies.testSetVersionId', '=', testSetVersionId)
    .orderBy('readerLabels.reader')
    .orderBy('studies.position')
    .execute();
}
