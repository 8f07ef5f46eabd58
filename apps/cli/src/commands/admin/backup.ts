import { resolve } from 'node:path';
import type { BackupProgress } from '@holdout/backup';
import { readSecretFiles } from '@holdout/secrets';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { CommandError } from '../../command-error.js';
import type { Environment } from '../../config.js';
import { createOutput, type Output } from '../../terminal/output.js';
import { type Progress, startProgress } from '../../terminal/progress.js';

interface BackupOptions {
  data?: string;
  json?: boolean;
}

const dataOption = [
  '--data <dir>',
  'the data directory of an `npm start` that runs on this machine; without it, HOLDOUT_DATABASE_URL and the storage ' +
    'variables say where things are, as they do for the API',
] as const;

/** What may come by a file: `NAME_FILE=/run/secrets/name`, as the API takes it. */
const secretNames = [
  'HOLDOUT_DATABASE_URL',
  'HOLDOUT_EVALUATOR_PASSWORD',
  'HOLDOUT_S3_ACCESS_KEY_ID',
  'HOLDOUT_S3_SECRET_ACCESS_KEY',
];

/** `holdout admin backup` and `restore`: for who runs the server, on a machine that reaches its database and storage. */
export function addBackupCommands(admin: Command, { environment, signal }: CommandContext): void {
  admin
    .command('backup <dir>')
    .summary('write the database and all files into a folder, while the server runs')
    .description(
      'Writes a backup into a folder of its own within DIR: the database as one moment knew it, and every file that it names. ' +
        'A second backup into the same DIR copies only files that are new. It needs no token: it runs where the database ' +
        'and the storage can be reached. Whoever has a backup has the hidden labels: keep it as you keep those.',
    )
    .option(...dataOption)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  holdout admin backup /srv/backups --data .holdout')
    .action(async (directory: string, { data, json = false }: BackupOptions) => {
      const output = createOutput(json, environment);
      const { createBackup, findInstallation } = await import('@holdout/backup');
      const made = await saying(async (onProgress) => {
        const source = await findInstallation({ dataDirectory: data, environment: readInstallation(environment) });
        return await createBackup(source, resolve(directory), { onProgress, signal });
      }, signal);
      output.result(made);
      output.title(`Backed up in ${made.path}`);
      output.say(
        `${made.rows} rows; ${made.blobs} files, of them ${made.copiedBlobs} that were not in ${directory} before.`,
      );
      sayWhatElse(output, data);
    });

  admin
    .command('restore <backup>')
    .summary('bring a backup into an empty database')
    .description(
      'Brings a backup into the empty database that HOLDOUT_DATABASE_URL names, its files into the storage, and both to this ' +
        'release. It can be repeated until it succeeds. For an `npm start`, use `npm start -- --data NEW --restore BACKUP`.',
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  holdout admin restore /srv/backups/2026-11-27T02-00-00.000Z')
    .action(async (backup: string, { json = false }: BackupOptions) => {
      const output = createOutput(json, environment);
      const { findInstallation, restoreBackup } = await import('@holdout/backup');
      const installation = readInstallation(environment);
      const evaluatorPassword = installation.HOLDOUT_EVALUATOR_PASSWORD;
      if (!evaluatorPassword)
        throw failed('HOLDOUT_EVALUATOR_PASSWORD is not set. Set it to what the evaluating workers log in with.');
      const restored = await saying(async (onProgress) => {
        const source = await findInstallation({ environment: installation });
        return await restoreBackup(source, resolve(backup), { evaluatorPassword, onProgress });
      }, signal);
      output.result(restored);
      output.title(`Restored as of ${restored.createdAt}`);
      output.say(
        `${restored.rows} rows, ${restored.blobs} files. Start the server with the same HOLDOUT_AUTH_SECRET as before.`,
      );
    });
}

/** @throws CommandError that names the variable whose file can't be read */
function readInstallation({ installation }: Environment): Environment['installation'] {
  try {
    return readSecretFiles(installation, secretNames);
  } catch (error) {
    throw failed(error instanceof Error ? `${error.message}.` : String(error), error);
  }
}

/** The secret that encrypts second factors is in no backup, so that a backup alone lets nobody in. */
function sayWhatElse(output: Output, dataDirectory: string | undefined): void {
  const secret = dataDirectory === undefined ? 'HOLDOUT_AUTH_SECRET' : `${dataDirectory}/auth-secret`;
  output.say(`Keep ${secret} too, in another place: without it second factors and sign-ins by institutions are lost.`);
}

/** Shows how far it is, and turns what went wrong into the command's own error. */
async function saying<T>(work: (onProgress: BackupProgress) => Promise<T>, signal: AbortSignal): Promise<T> {
  const names = { tables: 'Tables', blobs: 'Files' } as const;
  let shown: { what: 'tables' | 'blobs'; progress: Progress } | undefined;
  try {
    return await work((what, done, total) => {
      if (shown?.what !== what) {
        shown?.progress.stop();
        shown = { what, progress: startProgress({ what: names[what], total }) };
      }
      shown.progress.update(done);
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CommandError) throw error;
    throw failed(error instanceof Error ? error.message : String(error), error);
  } finally {
    shown?.progress.stop();
  }
}

function failed(title: string, cause?: unknown): CommandError {
  const next = 'Correct that, and type the same command again; what was there before is untouched.';
  return new CommandError({ code: 'file_unusable', title, next, cause });
}
