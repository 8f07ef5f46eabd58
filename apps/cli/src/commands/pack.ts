import { stat } from 'node:fs/promises';
import { basename, relative, resolve, sep } from 'node:path';
import { showSize } from '@holdout/contracts';
import type { Command } from 'commander';
import { isFolder, withCheckedBundle } from '../bundle/open-bundle.js';
import { writeArchive } from '../bundle/write-archive.js';
import type { CommandContext } from '../command-context.js';
import { CommandError, usageError } from '../command-error.js';
import { createOutput } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';

interface PackOptions {
  output?: string;
  force: boolean;
  json: boolean;
}

/** `holdout pack`: a folder becomes an archive that can be submitted. */
export function addPackCommand(program: Command, { environment, signal }: CommandContext): void {
  program
    .command('pack')
    .summary('check a folder and write it as a bundle')
    .description(
      'Checks a folder and writes it as a zip; the same files always give the same bytes. The folder has a\n' +
        'holdout.json, or nothing but src/ with one obvious program, which is run by MURA’s contract.',
    )
    .argument('<dir>', 'the folder')
    .option('-o, --output <file>', 'the archive to write (default: DIR.zip, in this folder)')
    .option('--force', 'overwrite the archive if it exists', false)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      '\nExamples:\n  holdout pack my-model\n  holdout pack my-model -o submissions/third.zip --force',
    )
    .action(async (directory: string, options: PackOptions) => {
      const output = createOutput(options.json, environment);
      const archive = await chooseArchive(directory, options);
      const { manifest, sizeBytes } = await withCheckedBundle(directory, async (bundle) => {
        await writeArchive(bundle, { path: archive, overwrite: options.force, signal });
        return bundle;
      });
      const archiveSizeBytes = (await stat(archive)).size;
      output.result({ archive, archiveSizeBytes, sizeBytes, manifest });
      const sizes = `${showSize(sizeBytes)} packed to ${showSize(archiveSizeBytes)}`;
      output.say(`${archive}: “${printable(manifest.name)}” (${manifest.engine}), ${sizes}.`);
      output.say(`Try it: holdout check ${archive}`);
    });
}

/** Where the archive goes, once nothing speaks against it; asked first, as the checks may take a while. */
async function chooseArchive(directory: string, options: PackOptions): Promise<string> {
  if ((await stat(directory).catch(() => null)) && !(await isFolder(directory))) {
    throw usageError(
      `${directory} is a file; expected a folder.`,
      `An archive is sent as it is: holdout submit ${directory}`,
    );
  }
  const archive = options.output ?? `${basename(resolve(directory))}.zip`;
  const inside = relative(resolve(directory), resolve(archive));
  if (inside !== '..' && !inside.startsWith(`..${sep}`)) {
    throw usageError(
      `${archive} would lie in the folder that is packed, and so be part of the next archive.`,
      `Choose a place outside: -o ../${basename(resolve(directory))}.zip`,
    );
  }
  if (!options.force && (await stat(archive).catch(() => null))) {
    throw new CommandError({
      code: 'file_unusable',
      title: `${archive} exists already.`,
      next: 'Choose another name with -o FILE, or overwrite it with --force.',
    });
  }
  return archive;
}
