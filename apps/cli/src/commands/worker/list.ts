import { type Worker, workerListSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { chooseServer, type ServerConfig } from '../../config.js';
import { requestJson } from '../../server/request.js';
import { createOutput } from '../../terminal/output.js';
import { showAge } from '../../terminal/show-age.js';
import { type Column, showTable } from '../../terminal/show-table.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

/** `holdout worker list`: who works, where, and on what. */
export function addWorkerListCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('list')
    .summary('list the workers of a server')
    .description(
      'Lists the workers of a server: what each is asked to do, what it does, and when it was last heard of. One that was\n' +
        'lost is listed for a day. With --json also its machine, devices and engines.',
    )
    .addHelpText('after', '\nExamples:\n  holdout worker list\n  holdout worker list --json');
  addServerOptions(command).action(async (options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const workers = await listWorkers(chooseServer(options, environment), signal);
    output.result({ workers });
    const [head = '', ...lines] = showTable(columns, workers.map(showWorker));
    output.title(workers.length === 0 ? 'No worker has been seen for a day: nothing is evaluated.' : head);
    for (const line of lines) output.say(line);
  });
}

export async function listWorkers(config: ServerConfig, signal: AbortSignal): Promise<Worker[]> {
  const path = '/api/operator/workers';
  return (await requestJson(config, { path, schema: workerListSchema, signal })).workers;
}

/** What a worker is, in one word, as the page of operators says it. */
export function describeState({ alive, mode, work }: Worker): string {
  if (!alive) return 'lost';
  if (mode === 'paused') return 'paused';
  if (mode === 'draining') return work.length === 0 ? 'drained' : 'draining';
  return work.length === 0 ? 'waiting' : 'working';
}

const columns: readonly Column[] = ['name', 'kind', 'state', 'sandbox', 'seen', 'does'].map((title) => ({
  title,
  side: 'left',
}));

function showWorker(worker: Worker): string[] {
  const { name, kind, description, lastSeenAt, work } = worker;
  const does = work.map(({ name: bundle, team, state, imagesDone, imagesTotal }) => {
    const progress = imagesTotal === null ? '' : ` ${imagesDone ?? 0}/${imagesTotal}`;
    return `${state}${progress}: ${bundle} (${team})`;
  });
  return [name, kind, describeState(worker), description.sandbox ?? '–', showAge(lastSeenAt), does.join('; ') || '–'];
}
