import { readFileSync } from 'node:fs';
import type { Installation } from '@holdout/contracts';
import { listWorkers, readUsedRoom } from '@holdout/db';
import type { RouteParts } from '../app.js';

const { version: holdout } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** The versions of what runs here, and the room that its data takes. */
export async function describeInstallation({ database, storage }: RouteParts): Promise<Installation> {
  const [workers, used, disk] = await Promise.all([listWorkers(database), readUsedRoom(database), storage.room?.()]);
  const { bundles, images, databaseBytes, postgresVersion: postgres } = used;
  const living = workers.filter(({ alive }) => alive);
  const engines = [...new Set(living.flatMap(({ description }) => description.engines))].sort();
  return {
    versions: { holdout, node: process.version, postgres, engines },
    storage: { bundles, images, databaseBytes, disk: disk ?? null },
  };
}
