import { type Database, openDatabase } from '@holdout/db';
import { openStorage, readStorageOptions, type Storage } from '@holdout/storage';

/** What filling a server needs: the database as its owner, and the storage. */
export interface Provisioning {
  readonly database: Database;
  readonly storage: Storage;
}

/** Opens both for a program that fills a server, such as the standalone start. Close it when that is done. */
export async function openProvisioning(options: {
  readonly databaseUrl: string;
  readonly storageDirectory: string;
  /** Names the bucket, where there is one. */
  readonly environment?: NodeJS.ProcessEnv;
}): Promise<Provisioning & { close(): Promise<void> }> {
  const storage = await openStorage(
    readStorageOptions({ ...options.environment, HOLDOUT_STORAGE_DIRECTORY: options.storageDirectory }),
  );
  const database = openDatabase({ url: options.databaseUrl, applicationName: 'holdout-provision', maxConnections: 2 });
  return { database, storage, close: () => database.close() };
}
