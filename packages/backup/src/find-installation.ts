import { join } from 'node:path';
import { findRunningPostgres } from '@holdout/local-postgres';
import { openStorage, readStorageOptions } from '@holdout/storage';
import type { BackupSource } from './create-backup.js';

interface Where {
  /** Of an `npm start` on this machine, which must be running. */
  readonly dataDirectory?: string | undefined;
  /** Otherwise HOLDOUT_DATABASE_URL, and where blobs lie, as the API is told. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const databaseName = 'holdout';

/**
 * Finds the database and the blobs of an installation, on the machine that they can be reached from.
 *
 * @throws Error with a sentence that says what to set or to start
 */
export async function findInstallation({ dataDirectory, environment }: Where): Promise<BackupSource> {
  if (dataDirectory !== undefined) {
    const databaseUrl = await findRunningPostgres(join(dataDirectory, 'postgres'), databaseName);
    if (databaseUrl === null)
      throw new Error(`No \`npm start\` runs on ${dataDirectory}. Start it, or name another folder by --data.`);
    return await openOnDisk({ databaseUrl, storageDirectory: join(dataDirectory, 'storage') });
  }
  const databaseUrl = environment.HOLDOUT_DATABASE_URL;
  if (!databaseUrl)
    throw new Error(
      'HOLDOUT_DATABASE_URL is not set. Set it as the API has it, or name the folder of an `npm start` by --data.',
    );
  return { databaseUrl, storage: await openStorage(readStorageOptions(environment)) };
}

/** An installation whose blobs lie on this machine's disk. */
export async function openOnDisk(place: { databaseUrl: string; storageDirectory: string }): Promise<BackupSource> {
  const storage = await openStorage({ directory: place.storageDirectory, s3: null });
  return { databaseUrl: place.databaseUrl, storage };
}
