import { mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbandoned, nameGroup } from './sandbox/limits/group-folders.js';

/** Makes a folder that tells whose it is: of which machine, and of which process there. */
export function makeOwnFolder(parent: string): string {
  return mkdtempSync(join(parent, `${nameGroup()}-`));
}

/** Removes the folders that processes of this machine left which were killed. */
export async function removeAbandonedFolders(parent: string): Promise<void> {
  for (const name of readdirSync(parent).filter(isAbandoned)) {
    await rm(join(parent, name), { recursive: true, force: true, maxRetries: 3 });
  }
}
