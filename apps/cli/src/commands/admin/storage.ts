import {
  type Collection,
  collectionSchema,
  type Verification,
  verificationSchema,
  youngestCollectedHours,
} from '@holdout/contracts';
import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { CommandError } from '../../command-error.js';
import { chooseServer } from '../../config.js';
import { requestJson } from '../../server/request.js';
import { createOutput } from '../../terminal/output.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

interface CollectOptions extends ServerCommandOptions {
  remove?: true;
  olderThanHours: number;
}

/** The server answers after ten seconds, or after the one large file that it had begun. */
const pageMinutes = 60;

/** `holdout admin storage`: what lies in the storage of a server. A site administrator's. */
export function addStorageCommands(admin: Command, context: CommandContext): void {
  const storage = admin
    .command('storage')
    .summary('look after the stored files')
    .description('Looks after the stored files of a server. For site administrators.');
  addCollectCommand(storage, context);
  addVerifyCommand(storage, context);
}

function addCollectCommand(storage: Command, { environment, signal }: CommandContext): void {
  const command = storage
    .command('collect')
    .summary('remove stored files that nothing uses')
    .description(
      'Finds stored files that nothing uses: refused bundles, images of imports that failed. It only says how many; with ' +
        '--remove it removes them. What is used, or was put a short while ago, is never removed. Safe to run at any time.',
    )
    .option('--remove', 'remove them')
    .option('--older-than-hours <hours>', 'let younger ones be', readHours, 72)
    .addHelpText(
      'after',
      '\nExamples:\n  holdout admin storage collect\n  holdout admin storage collect --remove --json',
    );
  addServerOptions(command).action(async ({ remove = undefined, olderThanHours, ...options }: CollectOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const dryRun = remove !== true;
    const sum = { looked: { files: 0, sizeBytes: 0 }, unused: { files: 0, sizeBytes: 0 } };
    let after: string | undefined;
    do {
      const body = { dryRun, olderThanHours, after };
      const asked = { ...request('collect', body), schema: collectionSchema, signal };
      const page: Collection = await requestJson(config, asked);
      add(sum.looked, page.looked);
      add(sum.unused, page.unused);
      after = page.next ?? undefined;
    } while (after !== undefined);
    output.result({ dryRun, ...sum });
    const found = `of ${describe(sum.looked)} nothing uses ${describe(sum.unused)}`;
    output.say(dryRun ? `Nothing was removed: ${found}. With --remove they are removed.` : `Removed: ${found}.`);
  });
}

function addVerifyCommand(storage: Command, { environment, signal }: CommandContext): void {
  const command = storage
    .command('verify')
    .summary('read every stored file and compare it with its digest')
    .description(
      'Reads every stored file and compares it with its digest, and looks for files that are used and missing. Ends with ' +
        'exit code 1 where any is damaged or missing.',
    )
    .addHelpText('after', '\nExamples:\n  holdout admin storage verify');
  addServerOptions(command).action(async (options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const verified = { files: 0, sizeBytes: 0 };
    const problems: Verification['problems'] = [];
    let after: string | undefined;
    do {
      const asked = { ...request('verify', { after }), schema: verificationSchema, signal };
      const page: Verification = await requestJson(config, asked);
      add(verified, page.verified);
      problems.push(...page.problems);
      after = page.next ?? undefined;
    } while (after !== undefined);
    if (problems.length > 0) throw explainProblems(problems);
    output.result({ verified });
    output.say(`${describe(verified)} are what they were when they were stored.`);
  });
}

function request(what: 'collect' | 'verify', body: object) {
  return { path: `/api/operator/storage/${what}`, method: 'POST', body, patienceMinutes: pageMinutes } as const;
}

function explainProblems(problems: Verification['problems']): CommandError {
  return new CommandError({
    code: 'storage_damaged',
    title:
      problems.length === 1
        ? 'A stored file is not what it was.'
        : `${problems.length} stored files are not what they were.`,
    next: 'Restore those that are used from a backup; `holdout admin storage collect --remove` takes the others away.',
    problems: problems.map(({ digest, problem, usedBy }) => ({
      code: 'storage_damaged',
      message: `${digest} is ${problem}; ${usedBy.length > 0 ? `it is used: ${usedBy.join(', ')}` : 'nothing uses it'}.`,
    })),
  });
}

interface Amount {
  files: number;
  sizeBytes: number;
}

function add(sum: Amount, { files, sizeBytes }: Amount): void {
  sum.files += files;
  sum.sizeBytes += sizeBytes;
}

function describe({ files, sizeBytes }: Amount): string {
  return `${files} ${files === 1 ? 'file' : 'files'} (${(sizeBytes / 1e6).toFixed(1)} MB)`;
}

function readHours(text: string): number {
  const hours = Number(text);
  if (Number.isInteger(hours) && hours >= youngestCollectedHours) return hours;
  throw new InvalidArgumentError(`It must be a whole number from ${youngestCollectedHours}.`);
}
