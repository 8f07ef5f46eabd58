import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

export interface StudyRecord {
  study: string;
  studyType: string;
  /** In their own order, which is that of the predictions. */
  images: ImageRecord[];
}

export interface ImageRecord {
  fileName: string;
  /** The picture's name in storage. */
  digest: string;
  sizeBytes: number;
}

/** The studies of a test-set version and their images, in their own order, without a label. */
export async function listStudiesOfVersion(db: Queryable, testSetVersionId: string): Promise<StudyRecord[]> {
  const rows = await db
    .selectFrom('studies')
    .innerJoin('images', 'images.studyId', 'studies.id')
    .select([
      'studies.study',
      'studies.studyType',
      sql<ImageRecord[]>`json_agg(
        json_build_object('fileName', images.file_name, 'digest', images.digest, 'sizeBytes', images.size_bytes)
        ORDER BY images.position)`.as('images'),
    ])
    .where('studies.testSetVersionId', '=', testSetVersionId)
    .groupBy('studies.id')
    .orderBy('studies.position')
    .execute();
  return rows;
}

/** One image of a study, by its place from 0; null where there is none. */
export async function findImage(
  db: Queryable,
  { versionId, study, position }: { versionId: string; study: string; position: number },
): Promise<ImageRecord | null> {
  const image = await db
    .selectFrom('studies')
    .innerJoin('images', 'images.studyId', 'studies.id')
    .select(['images.fileName', 'images.digest', 'images.sizeBytes'])
    .where('studies.testSetVersionId', '=', versionId)
    .where('studies.study', '=', study)
    .where('images.position', '=', position)
    .executeTakeFirst();
  return image ?? null;
}
