import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldoutError, type Submission, showOverLimit, showSize } from '@holdout/contracts';
import type { Command } from 'commander';
import { isFolder, withCheckedBundle, withTemporaryFolder } from '../bundle/open-bundle.js';
import { writeArchive } from '../bundle/write-archive.js';
import type { CommandContext } from '../command-context.js';
import { interruptedError, usageError } from '../command-error.js';
import { chooseServer, type ServerConfig } from '../config.js';
import { chooseCompetition, choosePhase } from '../server/choose-phase.js';
import { uploadBundle } from '../server/upload-bundle.js';
import { demandQuota } from '../submission/demand-quota.js';
import { followSubmission } from '../submission/follow-submission.js';
import { createOutput, type Output } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';
import { startProgress } from '../terminal/progress.js';
import { addServerOptions, type ServerCommandOptions } from './server-options.js';

interface SubmitOptions extends ServerCommandOptions {
  competition?: string;
  phase?: string;
  name?: string;
  stopOnWarning: boolean;
  wait: boolean;
  check: boolean;
}

/** `holdout submit`: check, send, and with --wait see it through to its score. */
export function addSubmitCommand(program: Command, { environment, signal }: CommandContext): void {
  const command = program
    .command('submit')
    .summary('send a bundle to a competition')
    .description(
      'Checks a bundle here, sends it, and with --wait shows what becomes of it up to its score and rank. A folder is\n' +
        'packed on the way; an archive is sent as it is.',
    )
    .argument('<bundle>', 'a folder, a zip or a tar.gz')
    .option('--competition <name>', 'the competition; may be left out where the server has only one')
    .option('--phase <name>', 'the phase; may be left out where the competition has only one')
    .option('--name <name>', 'what it is called on the board, instead of its manifest’s name')
    .option('--stop-on-warning', 'do not spend the run on hidden studies where the check on the sample warns', false)
    .option('--wait', 'wait until the submission has ended', false)
    .option('--skip-check', 'send it without checking it here first')
    .addHelpText(
      'after',
      `
Exit code 0 only where the server accepted the bundle; with --wait, only where it was scored.

A bundle over 8 MiB goes on where it was when the connection or the server breaks; and when the command is ended and typed
again with the same bundle within a day. $XDG_STATE_HOME/holdout/uploads (~/.local/state/holdout/uploads) says which were begun.

Examples:
  holdout submit my-model/ --competition mura --phase practice --wait
  holdout submit src.zip --competition mura --phase test --name "DenseNet (ensemble)" --stop-on-warning
  holdout submit my-model.zip --competition mura --phase test --json`,
    );
  addServerOptions(command).action(async (path: string, options: SubmitOptions & { skipCheck?: boolean }) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const submission = await send(config, path, options, {
      signal,
      output,
      uploadsDirectory: environment.uploadsDirectory,
    });
    output.say(`Submitted “${printable(submission.name)}” as ${submission.id}.`);
    if (!options.wait) {
      output.result(submission);
      output.say(`Follow it: holdout status ${submission.id} --follow`);
      return;
    }
    const ended = await followSubmission(config, submission.id, output, signal);
    if (ended.state !== 'scored') process.exitCode = 1;
  });
}

/** Everything that can be known here is found before the first byte is sent. */
async function send(
  config: ServerConfig,
  path: string,
  options: SubmitOptions & { skipCheck?: boolean },
  { signal, output, uploadsDirectory }: { signal: AbortSignal; output: Output; uploadsDirectory: string },
): Promise<Submission> {
  return await withTemporaryFolder(async (folder) => {
    const archive = await prepareArchive(path, { folder, skipCheck: options.skipCheck ?? false, signal });
    if (!config.token) throw new HoldoutError('token_missing');
    const competition = await chooseCompetition(config, options.competition, signal);
    const phase = choosePhase(competition, options.phase);
    const { size: sizeBytes } = await stat(archive);
    const limitBytes = phase.limits.bundleSizeBytes;
    if (sizeBytes > limitBytes) {
      const [found, limit] = showOverLimit(sizeBytes, limitBytes);
      const detail = `It has ${found}; ${phase.phase} allows ${limit}.`;
      throw new HoldoutError('upload_too_large', { detail });
    }
    const names = { competition: competition.competition, phase: phase.phase };
    const left = await demandQuota(config, names, signal);
    if (left) output.say(left);
    const progress = startProgress({ what: 'Upload', total: sizeBytes, unit: 'bytes' });
    try {
      const { name, stopOnWarning } = options;
      const onProgress = progress.update;
      const onConnection = (state: 'lost' | 'back') => progress.note(connectionWords[state]);
      const onResumed = (arrivedBytes: number) =>
        progress.note(
          `Going on with an upload that was begun before: ${showSize(arrivedBytes)} of ${showSize(sizeBytes)} are there.`,
        );
      const asked = { ...names, name, stopOnWarning, uploadsDirectory };
      return await uploadBundle(config, { ...asked, archive, sizeBytes, signal, onProgress, onConnection, onResumed });
    } catch (error) {
      if (!signal.aborted) throw error;
      throw interruptedError(
        'Stopped while the bundle was sent.',
        'If all of it had been sent it may have been accepted: holdout status lists your team’s submissions.',
      );
    } finally {
      progress.stop();
    }
  });
}

const connectionWords = {
  lost: 'The connection is lost; trying again, and going on from where it broke…',
  back: 'Connected again.',
};

interface PrepareOptions {
  readonly folder: string;
  readonly skipCheck: boolean;
  readonly signal: AbortSignal;
}

/** @returns the path of the archive to send: the one that was given, or a folder's, packed in the temporary folder */
async function prepareArchive(path: string, { folder, skipCheck, signal }: PrepareOptions): Promise<string> {
  const isToBePacked = await isFolder(path);
  if (skipCheck && !isToBePacked) return path;
  if (skipCheck) {
    throw usageError('A folder can’t be packed without being checked.', 'Leave out --skip-check, or name an archive.');
  }
  const packed = join(folder, 'bundle.zip');
  await withCheckedBundle(path, async (bundle) => {
    signal.throwIfAborted();
    if (isToBePacked) await writeArchive(bundle, { path: packed, overwrite: false, signal });
  });
  return isToBePacked ? packed : path;
}
