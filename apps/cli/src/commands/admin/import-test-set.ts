import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openFolder } from '@holdout/bundle/node';
import { testSetImportSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import { isFolder, withTemporaryFolder } from '../../bundle/open-bundle.js';
import { writeArchive } from '../../bundle/write-archive.js';
import type { CommandContext } from '../../command-context.js';
import { chooseServer } from '../../config.js';
import { uploadArchive } from '../../server/upload-bundle.js';
import { createOutput } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { startProgress } from '../../terminal/progress.js';
import { addPhaseOptions, findTestSet, type TestSetOptions } from './find-test-set.js';
import { sayChange } from './say-diff.js';

interface ImportOptions extends TestSetOptions {
  note: string;
  labels?: string;
  gold?: string;
  drawReaders?: string;
}

/** The server has limits of its own; these only keep a mistaken path from packing a whole disk. */
const folderLimits = { maxEntries: 2_000_000, unpackedSizeBytes: 1024 ** 4, maxRatio: Number.POSITIVE_INFINITY };

/** `holdout admin test-set import`: a test set from a folder or an archive in MURA's layout. */
export function addImportCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('import')
    .summary('bring a test set in')
    .description(
      'Makes a version of a phase’s test set out of a folder, a zip or a tar.gz, and lets the phase change to it. Every\n' +
        'problem is listed at once, with file and line, and nothing changes then.',
    )
    .argument('<path>', 'a folder, a zip or a tar.gz with images and their labels')
    .requiredOption('--note <text>', 'why, for the audit log')
    .option('--labels <file>', 'the table with the labels, where there are several')
    .option('--gold <readers>', 'the readers whose majority is the gold standard, with commas between; all of them')
    .option('--draw-readers <seed>', 'draw three of the readers at random instead; the draw is in the audit log')
    .addHelpText(
      'after',
      `
In MURA’s layout, XR_WRIST/patient00001/study1/image1.png, with a table study,label or study,reader,reader,reader;
without a table the folders’ suffixes are the labels: study1_positive, study1_negative.
Or any files, with a table study,image,type,patient,label or readers in place of label, and its header.

Example:
  holdout admin test-set import MURA-v1.1/test --phase test --note "the real test set"`,
    );
  addPhaseOptions(command).action(async (path: string, options: ImportOptions) => {
    const output = createOutput(options.json, environment);
    const { config, path: address } = await findTestSet(chooseServer(options, environment), options, signal);
    const imported = await withTemporaryFolder(async (folder) => {
      const packed = (await isFolder(path)) ? await pack(path, folder, signal) : null;
      const archive = packed?.archive ?? path;
      const { size: sizeBytes } = await stat(archive);
      const progress = startProgress({ what: 'Upload', total: sizeBytes, unit: 'bytes' });
      try {
        const imported = await uploadArchive(config, {
          path: `${address}/import?${describeRule(options)}`,
          schema: testSetImportSchema,
          archive,
          sizeBytes,
          signal,
          onProgress: (done) => {
            progress.update(done);
            if (done === sizeBytes) progress.note('The server reads every image …');
          },
        });
        return { ...imported, skipped: [...(packed?.litter ?? []), ...imported.skipped] };
      } finally {
        progress.stop();
      }
    });
    output.result(imported);
    const { studies, images, goldReaders, skipped } = imported;
    output.say(`${studies} studies with ${images} images were read.`);
    if (goldReaders.length > 0) output.say(`Gold standard: the majority of ${goldReaders.map(printable).join(', ')}.`);
    if (skipped.length > 0) {
      const which = skipped.length === 1 ? '1 file was' : `${skipped.length} files were`;
      output.say(
        `${which} passed over: ${skipped.slice(0, 3).map(printable).join(', ')}${skipped.length > 3 ? ', …' : ''}`,
      );
    }
    sayChange(imported, output);
  });
}

async function pack(path: string, folder: string, signal: AbortSignal) {
  const archive = join(folder, 'test-set.zip');
  const files = await openFolder(path, folderLimits);
  await writeArchive({ files }, { path: archive, overwrite: false, signal });
  return { archive, litter: files.litter };
}

function describeRule({ note, labels, gold, drawReaders }: ImportOptions): URLSearchParams {
  return new URLSearchParams({
    note,
    ...(labels === undefined ? {} : { labels }),
    ...(gold === undefined ? {} : { gold }),
    ...(drawReaders === undefined ? {} : { draw: drawReaders }),
  });
}
