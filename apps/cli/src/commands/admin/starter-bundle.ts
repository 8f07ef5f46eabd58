import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type StarterBundle, showSize, starterBundleListSchema, starterBundleSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { isFolder, withCheckedBundle, withTemporaryFolder } from '../../bundle/open-bundle.js';
import { writeArchive } from '../../bundle/write-archive.js';
import type { CommandContext } from '../../command-context.js';
import { chooseServer } from '../../config.js';
import { chooseCompetition } from '../../server/choose-phase.js';
import { requestJson } from '../../server/request.js';
import { uploadArchive } from '../../server/upload-bundle.js';
import { createOutput } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { startProgress } from '../../terminal/progress.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

type StarterBundleOptions = ServerCommandOptions & { competition?: string };

/** `holdout admin starter-bundle …`: the sample bundles in the starter kits of a competition. */
export function addStarterBundleCommands(admin: Command, context: CommandContext): void {
  const group = admin
    .command('starter-bundle')
    .summary('list, set and remove the sample bundles of the starter kit')
    .description('A competition may have a sample bundle of each engine, for those who begin.');
  addListCommand(group, context);
  addSetCommand(group, context);
  addRemoveCommand(group, context);
}

function addListCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('list')
    .summary('list the sample bundles')
    .description('Lists the sample bundles of a competition: at most one of each engine.')
    .addHelpText('after', '\nExample:\n  holdout admin starter-bundle list --competition mura');
  addCompetitionOptions(command).action(async (options: StarterBundleOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const { competition } = await chooseCompetition(config, options.competition, signal);
    const request = { path: bundlesPath(competition), schema: starterBundleListSchema, signal };
    const list = await requestJson(config, request);
    output.result(list);
    if (list.bundles.length === 0) output.say('There is none yet.');
    for (const bundle of list.bundles) output.say(describe(bundle));
  });
}

function addSetCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('set')
    .summary('give a sample bundle, in place of the one of its engine')
    .description('Checks a bundle as submit does, and makes it the sample of its engine.')
    .argument('<bundle>', 'a folder, a zip or a tar.gz')
    .addHelpText('after', '\nExample:\n  holdout admin starter-bundle set my-baseline/');
  addCompetitionOptions(command).action(async (path: string, options: StarterBundleOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const { competition } = await chooseCompetition(config, options.competition, signal);
    const kept = await withCheckedBundle(path, (bundle) =>
      withTemporaryFolder(async (folder) => {
        const packed = join(folder, 'bundle.zip');
        const isPacked = !(await isFolder(path));
        if (!isPacked) await writeArchive(bundle, { path: packed, overwrite: false, signal });
        const archive = isPacked ? path : packed;
        const sizeBytes = (await stat(archive)).size;
        const { update: onProgress, stop } = startProgress({ what: 'Sending', total: sizeBytes, unit: 'bytes' });
        const upload = { archive, sizeBytes, signal, onProgress, path: bundlesPath(competition) };
        return await uploadArchive(config, { ...upload, schema: starterBundleSchema }).finally(stop);
      }),
    );
    output.result(kept);
    output.say(describe(kept));
  });
}

function addRemoveCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('remove')
    .summary('remove the sample bundle of an engine')
    .description('Takes the sample bundle of an engine out of the starter kits.')
    .argument('<engine>', 'onnx, tfjs or command')
    .addHelpText('after', '\nExample:\n  holdout admin starter-bundle remove tfjs --competition mura');
  addCompetitionOptions(command).action(async (engine: string, options: StarterBundleOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const { competition } = await chooseCompetition(config, options.competition, signal);
    const path = `${bundlesPath(competition)}/${encodeURIComponent(engine)}`;
    await requestJson(config, { path, method: 'DELETE', schema: z.null(), signal });
    output.result({ competition, engine, removed: true });
    output.say(`The competition ${competition} has no sample bundle of the engine ${engine} now.`);
  });
}

function addCompetitionOptions(command: Command): Command {
  return addServerOptions(
    command.option('--competition <name>', 'the competition; may be left out where the server has only one'),
  );
}

function bundlesPath(competition: string): string {
  return `/api/competitions/${encodeURIComponent(competition)}/starter-bundles`;
}

function describe({ engine, name, sizeBytes, files }: StarterBundle): string {
  return `${engine}: “${printable(name)}”, ${showSize(sizeBytes)} in ${files} ${files === 1 ? 'file' : 'files'}`;
}
