import { HoldoutError, type Worker, type WorkerMode, workerSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { usageError } from '../../command-error.js';
import { chooseServer } from '../../config.js';
import { requestJson } from '../../server/request.js';
import { createOutput } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';
import { describeState, listWorkers } from './list.js';

const modes: readonly { command: string; mode: WorkerMode; summary: string; description: string }[] = [
  {
    command: 'pause',
    mode: 'paused',
    summary: 'let a worker take nothing new',
    description:
      'It ends what it has, and takes nothing new until it is resumed, also after it was started anew. Type next:\n' +
      'holdout worker resume WORKER',
  },
  {
    command: 'resume',
    mode: 'working',
    summary: 'let a worker work again',
    description: 'It takes work again, after it was paused or drained.',
  },
  {
    command: 'drain',
    mode: 'draining',
    summary: 'let a worker end what it has, to turn its machine off',
    description:
      'It ends what it has, and takes nothing new for as long as its process lives. Where holdout worker list says\n' +
      '“drained” it has nothing left, and may be stopped.',
  },
];

/** `holdout worker pause`, `resume`, `drain`. */
export function addModeCommands(group: Command, { environment, signal }: CommandContext): void {
  for (const { command: name, mode, summary, description } of modes) {
    const command = group
      .command(name)
      .summary(summary)
      .description(description)
      .argument('<worker>', 'its name or id, or how either begins')
      .addHelpText('after', `\nExample:\n  holdout worker ${name} gpu-1:4711`);
    addServerOptions(command).action(async (asked: string, options: ServerCommandOptions) => {
      const output = createOutput(options.json, environment);
      const config = chooseServer(options, environment);
      const { id } = findWorker(await listWorkers(config, signal), asked);
      const path = `/api/operator/workers/${encodeURIComponent(id)}/mode`;
      const worker = await requestJson(config, { path, schema: workerSchema, signal, method: 'PUT', body: { mode } });
      output.result(worker);
      output.say(`${printable(worker.name)} is ${describeState(worker)} now${stillHas(worker)}.`);
    });
  }
}

/** @throws HoldoutError `worker_not_found` with the names that there are; CommandError where several begin so */
function findWorker(workers: readonly Worker[], asked: string): Worker {
  const named = workers.find(({ id, name }) => id === asked || name === asked);
  if (named) return named;
  const beginning = workers.filter(({ id, name }) => id.startsWith(asked) || name.startsWith(asked));
  const [only, ...others] = beginning;
  const list = (some: readonly Worker[]) => some.map(({ name }) => name).join(', ') || 'none';
  if (!only || asked === '') {
    throw new HoldoutError('worker_not_found', { detail: `You asked for “${asked}”; there is: ${list(workers)}.` });
  }
  if (others.length === 0) return only;
  throw usageError(`Which worker? “${asked}” begins ${list(beginning)}.`, 'Name one of these.');
}

function stillHas({ work, mode }: Worker): string {
  if (mode === 'working' || work.length === 0) return '';
  return `, and ends ${work.length === 1 ? 'the one thing' : `the ${work.length} things`} that it has`;
}
