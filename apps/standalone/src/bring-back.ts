import { openOnDisk, restoreBackup } from '@holdout/backup';
import { say, sayProgress } from './say.js';

interface Place {
  databaseUrl: string;
  storageDirectory: string;
  evaluatorPassword: string;
}

/**
 * Begins with a backup in place of the demo.
 *
 * @throws Error with a sentence where it is not whole, or where something is here already
 */
export async function bringBack(backup: string, { evaluatorPassword, ...place }: Place): Promise<void> {
  say(`Restoring ${backup} …`);
  const lines = new Map<string, (done: number) => void>();
  const { createdAt, rows, blobs } = await restoreBackup(await openOnDisk(place), backup, {
    evaluatorPassword,
    onProgress(what, done, total) {
      const line = lines.get(what) ?? sayProgress(what === 'tables' ? 'Tables' : 'Files', total);
      lines.set(what, line);
      line(done);
    },
  });
  say(`Restored as of ${createdAt}: ${rows} rows, ${blobs} files.`);
}
