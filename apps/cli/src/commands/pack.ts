import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { withCheckedBundle, writeArchive } from '../open-bundle.js';
import { createOutput } from '../output.js';
import { showBytes } from '../progress.js';

interface PackOptions {
  output?: string;
  force: boolean;
  json: boolean;
}

/** `holdout pack`: a folder becomes an archive that can be submitted. */
export function addPackCommand(program: Command): void {
  program
    .command('pack')
    .summary('check a folder and write it as a bundle')
    .description('Checks a folder with holdout.json and writes it as a zip. The same files always give the same bytes.')
    .argument('<dir>', 'the folder')
    .option('-o, --output <file>', 'the archive to write (default: DIR.zip)')
    .option('--force', 'overwrite the archive if it exists', false)
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExample:\n  holdout pack my-model -o my-model.zip\n')
    .action(async (directory: string, options: PackOptions) => {
      const output = createOutput(options.json);
      const archive = options.output ?? `${basename(resolve(directory))}.zip`;
      if (!options.force && (await stat(archive).catch(() => null))) {
        throw new Error(`${archive} exists already. Choose another name with -o FILE, or overwrite it with --force.`);
      }
      const { manifest, sizeBytes } = await withCheckedBundle(directory, async (bundle) => {
        await writeArchive(bundle, archive, options.force);
        return bundle;
      });
      const archiveSizeBytes = (await stat(archive)).size;
      output.result({ archive, archiveSizeBytes, sizeBytes, manifest });
      output.say(
        `${archive}: “${manifest.name}” (${manifest.engine}), ${showBytes(sizeBytes)} packed to ${showBytes(archiveSizeBytes)}.`,
      );
      output.say(`Try it: holdout check ${archive}`);
    });
}
