import { showSize } from '@holdout/contracts';
import { type Examination, examineMachine } from '@holdout/runner';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { createOutput } from '../../terminal/output.js';
import { showTable } from '../../terminal/show-table.js';

/** `holdout worker doctor`: what this machine has, each thing tried once. */
export function addDoctorCommand(group: Command, { environment }: CommandContext): void {
  group
    .command('doctor')
    .summary('try every sandbox and engine of this machine')
    .description('Says which devices, sandboxes and engines this machine has, and runs each once.')
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
Exit code 0 where a sandbox works with every engine, 1 otherwise. HOLDOUT_CONTAINER_IMAGE, _ENGINE and _RUNTIME
say which containers to try.

Examples:
  holdout worker doctor
  HOLDOUT_CONTAINER_ENGINE=podman holdout worker doctor --json`,
    )
    .action(async ({ json }: { json: boolean }) => {
      const output = createOutput(json, environment);
      const found = await examineMachine(environment.containers);
      output.result(found);
      const memory = `${showSize(found.memoryBytes)} of memory`;
      const gpus = found.gpuDevices.length === 0 ? 'no GPU' : found.gpuDevices.join(', ');
      output.title(`${found.cores} cores, ${memory}, ${gpus}`);
      const columns = ['sandbox', 'engine', '', 'seconds', ''].map((title) => ({
        title,
        side: title === 'seconds' ? ('right' as const) : ('left' as const),
      }));
      for (const line of showTable(columns, listRows(found))) output.say(line);
      if (!found.sandboxes.some(isComplete)) process.exitCode = 1;
    });
}

function listRows({ sandboxes }: Examination): string[][] {
  return sandboxes.flatMap(({ kind, works, detail, engines }) => [
    [kind, '', works ? 'works' : 'fails', '', detail],
    ...engines.map((each) => [kind, each.engine, each.works ? 'works' : 'fails', each.seconds.toFixed(2), each.detail]),
  ]);
}

function isComplete({ kind, engines }: Examination['sandboxes'][number]): boolean {
  return kind !== 'none' && engines.length > 0 && engines.every(({ works }) => works);
}
