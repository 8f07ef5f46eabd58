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
