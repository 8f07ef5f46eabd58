import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/** The room that the data of an installation takes, in bytes; each file counted once, however many use it. */
export interface UsedRoom {
  bundles: { files: number; sizeBytes: number };
  images: { files: number; sizeBytes: number };
  databaseBytes: number;
  postgresVersion: string;
}

export async function readUsedRoom(db: Queryable): Promise<UsedRoom> {
  const { rows } = await sql<
    Record<'bundles' | 'bundleBytes' | 'images' | 'imageBytes' | 'databaseBytes', number> & { version: string }
  >`
    SELECT bundles.files AS bundles, bundles.bytes AS "bundleBytes", images.files AS images, images.bytes AS "imageBytes",
      pg_database_size(current_database()) AS "databaseBytes", current_setting('server_version') AS version
    FROM (
      SELECT count(*)::integer AS files, coalesce(sum(size), 0)::bigint AS bytes
      FROM (SELECT DISTINCT ON (bundle_digest) bundle_size_bytes AS size FROM submissions
        WHERE bundle_digest IS NOT NULL) each
    ) bundles, (
      SELECT count(*)::integer AS files, coalesce(sum(size), 0)::bigint AS bytes
      FROM (SELECT DISTINCT ON (digest) size_bytes AS size FROM images) each
    ) images`.execute(db);
  const [room] = rows;
  if (!room) throw new Error('Postgres said nothing of its room.');
  return {
    bundles: { files: room.bundles, sizeBytes: room.bundleBytes },
    images: { files: room.images, sizeBytes: room.imageBytes },
    databaseBytes: room.databaseBytes,
    postgresVersion: room.version,
  };
}
