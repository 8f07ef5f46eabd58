import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Competition, type Phase, type StarterKit, showSize, starterKitSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { CommandError } from '../../command-error.js';
import { chooseServer } from '../../config.js';
import { chooseCompetition, choosePhase } from '../../server/choose-phase.js';
import { downloadKit, downloadUnpacked } from '../../server/download-kit.js';
import { requestJson } from '../../server/request.js';
import { createOutput, type Output } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

interface KitOptions extends ServerCommandOptions {
  phase?: string;
  output?: string;
  unpack: boolean;
  force: boolean;
}

/** `holdout competition kit`. */
export function addKitCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('kit')
    .summary('download the starter kit: sample bundles, sample studies, commands')
    .description(
      'Downloads the starter kit of a competition’s phase: a README whose commands work as pasted, a sample bundle of\n' +
        'each engine, and the studies that every bundle is tried on first.',
    )
    .argument('[competition]', 'may be left out where the server has only one')
    .option('--phase <name>', 'the phase (default: a public one that is not over, else the first that is not)')
    .option('-o, --output <path>', 'the archive or folder to write (default: the kit’s own name, in this folder)')
    .option('--unpack', 'write a folder in place of an archive', false)
    .option('--force', 'overwrite the archive if it exists; a folder is never overwritten', false)
    .addHelpText(
      'after',
      '\nExamples:\n  holdout competition kit mura --unpack\n  holdout competition kit mura --phase practice -o kit.zip',
    );
  addServerOptions(command).action(async (name: string | undefined, options: KitOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const competition = await chooseCompetition(config, name, signal);
    const { phase } = options.phase === undefined ? phaseToBegin(competition) : choosePhase(competition, options.phase);
    const address = `/api/competitions/${competition.competition}/phases/${phase}/starter-kit`;
    const kit = await requestJson(config, { path: address, schema: starterKitSchema, signal });
    const path = options.output ?? (options.unpack ? kit.folder : kit.fileName);
    await demandFree(path, options);
    if (options.unpack) await downloadUnpacked(config, { address, kit, path, signal });
    else await downloadKit(config, { address, kit, path, overwrite: options.force, signal });
    output.result({ ...kit, path });
    sayKit(kit, path, options.unpack, output);
  });
}

/** Where one can try without limit is where one begins, as on the competition’s page. */
function phaseToBegin(competition: Competition): Phase {
  const open = competition.phases.filter(({ window }) => window !== 'after');
  return open.find(({ visibility }) => visibility === 'public') ?? open[0] ?? choosePhase(competition, undefined);
}

/** A folder may hold somebody’s work. */
async function demandFree(path: string, { force, unpack }: KitOptions): Promise<void> {
  const there = await stat(path).catch(() => null);
  if (!there || (force && !unpack && there.isFile())) return;
  throw new CommandError({
    code: 'file_unusable',
    title: `${path} exists already.`,
    next: `Choose another name with -o PATH, or ${unpack || !there.isFile() ? 'remove it' : 'overwrite it with --force'}.`,
  });
}

function sayKit({ bundles, sample, sizeBytes }: StarterKit, path: string, isFolder: boolean, output: Output): void {
  output.title(`${path}, ${showSize(sizeBytes)}`);
  for (const { folder, name, engine } of bundles) output.say(`  ${folder}: “${printable(name)}” (${engine})`);
  if (sample) output.say(`  sample: ${sample.studies} studies, ${sample.images} images`);
  output.say(
    isFolder ? `Begin with the commands in ${join(path, 'README.md')}.` : 'Unpack it; its README.md says what to type.',
  );
}
