import { join } from 'node:path';
import { showSize } from '@holdout/contracts';
import { chooseGpus, type Examination, type ExaminedDevice, examineMachine, type Gpu } from '@holdout/runner';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { usageError } from '../../command-error.js';
import type { Environment } from '../../config.js';
import { createOutput } from '../../terminal/output.js';
import { showTable } from '../../terminal/show-table.js';

/** `holdout worker doctor`: what this machine has, each thing tried once. */
export function addDoctorCommand(group: Command, { environment }: CommandContext): void {
  group
    .command('doctor')
    .summary('try every sandbox, engine and device of this machine')
    .description(
      'Says which devices, sandboxes and engines this machine has, runs each once, and measures each engine on each\n' +
        'device by a small network.',
    )
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
Exit code 0 where a sandbox works with every engine, 1 otherwise. HOLDOUT_CONTAINER_IMAGE, _ENGINE and _RUNTIME
say which containers to try, HOLDOUT_GPUS which GPUs; HOLDOUT_GPUS=software tries the way to a GPU without one.

Examples:
  holdout worker doctor
  HOLDOUT_CONTAINER_ENGINE=podman holdout worker doctor --json`,
    )
    .action(async ({ json }: { json: boolean }) => {
      const output = createOutput(json, environment);
      const gpus = readGpus(environment.installation);
      const found = await examineMachine(environment.containers, gpus);
      output.result(found);
      const memory = `${showSize(found.memoryBytes)} of memory`;
      const names = gpus.map(({ id, name }) => (name === null ? id : `${id} (${name})`)).join(', ') || 'no GPU';
      output.title(`${found.cores} cores, ${memory}, ${names}`);
      for (const line of showTable(nameColumns('seconds', 'sandbox'), listRows(found))) output.say(line);
      output.say('');
      for (const line of showTable(nameColumns('images/s', 'device'), listDevices(found.devices))) output.say(line);
      if (!found.sandboxes.some(isComplete)) process.exitCode = 1;
    });
}

function listRows({ sandboxes }: Examination): string[][] {
  return sandboxes.flatMap(({ kind, works, detail, engines }) => [
    [kind, '', works ? 'works' : 'fails', '', detail],
    ...engines.map((each) => [kind, each.engine, each.works ? 'works' : 'fails', each.seconds.toFixed(2), each.detail]),
  ]);
}

function nameColumns(number: string, first: string) {
  return [first, 'engine', '', number, ''].map((title) => ({
    title,
    side: title === number ? ('right' as const) : ('left' as const),
  }));
}

function listDevices(devices: readonly ExaminedDevice[]): string[][] {
  return devices.map(({ engine, device, gpu, works, imagesPerSecond, detail }) => [
    gpu === null ? device : `${device} ${gpu}`,
    ...[engine, works ? 'works' : '–', imagesPerSecond?.toFixed(1) ?? '', detail],
  ]);
}

/** With the locks of this machine's workers, where it is known where those are. */
function readGpus(installation: Environment['installation']): Gpu[] {
  const { HOLDOUT_GPUS = 'all', HOLDOUT_STORAGE_DIRECTORY } = installation;
  try {
    return chooseGpus(HOLDOUT_GPUS, HOLDOUT_STORAGE_DIRECTORY && join(HOLDOUT_STORAGE_DIRECTORY, 'gpu-locks'));
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error), 'Set HOLDOUT_GPUS right.');
  }
}

function isComplete({ kind, engines }: Examination['sandboxes'][number]): boolean {
  return kind !== 'none' && engines.length > 0 && engines.every(({ works }) => works);
}
