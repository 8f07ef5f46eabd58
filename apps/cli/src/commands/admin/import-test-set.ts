import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openFolder } from '@holdout/bundle/node';
import { type NewTestSetImport, newTestSetImportSchema, testSetImportSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import type { z } from 'zod';
import { isFolder, withTemporaryFolder } from '../../bundle/open-bundle.js';
import { writeArchive } from '../../bundle/write-archive.js';
import type { CommandContext } from '../../command-context.js';
import { usageError } from '../../command-error.js';
import { chooseServer, type ServerConfig } from '../../config.js';
import { uploadArchive } from '../../server/upload-bundle.js';
import { createOutput, type Output } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { startProgress } from '../../terminal/progress.js';
import { addPhaseOptions, findTestSet, type TestSetOptions } from './find-test-set.js';
import { sayChange } from './say-diff.js';

interface ImportOptions extends TestSetOptions {
  note: string;
  labels?: string;
  gold?: string;
  drawReaders?: string;
  testSet?: string;
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
    .option('--test-set <name>', 'a test set of this name that no phase has yet, in place of a phase’s')
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
    const config = chooseServer(options, environment);
    const upload = { path, query: describeRule(options), signal };
    if (options.testSet !== undefined) {
      if (options.phase !== undefined || options.competition !== undefined) {
        throw usageError('--test-set excludes --competition and --phase.', 'A phase has its test set already.');
      }
      const address = `/api/test-sets/${encodeURIComponent(options.testSet)}`;
      const imported = await send(config, { ...upload, address, schema: newTestSetImportSchema });
      output.result(imported);
      sayImported(imported, output);
      output.say(`A competition’s file can name it: testSet: ${printable(imported.testSet)}`);
      return;
    }
    const { path: address } = await findTestSet(config, options, signal);
    const imported = await send(config, { ...upload, address, schema: testSetImportSchema });
    output.result(imported);
    sayImported(imported, output);
    sayChange(imported, output);
  });
}

interface Sending<T> {
  path: string;
  address: string;
  query: URLSearchParams;
  schema: T;
  signal: AbortSignal;
}

/** A folder is packed first. The files that were passed over on either side are named. */
async function send<T extends z.ZodType<{ skipped: string[] }>>(
  config: ServerConfig,
  { path, address, query, schema, signal }: Sending<T>,
): Promise<z.infer<T>> {
  return await withTemporaryFolder(async (folder) => {
    const packed = (await isFolder(path)) ? await pack(path, folder, signal) : null;
    const archive = packed?.archive ?? path;
    const { size: sizeBytes } = await stat(archive);
    const progress = startProgress({ what: 'Upload', total: sizeBytes, unit: 'bytes' });
    const onProgress = (done: number) => {
      progress.update(done);
      if (done === sizeBytes) progress.note('The server reads every image …');
    };
    try {
      const sent = { path: `${address}/import?${query}`, schema, archive, sizeBytes, signal, onProgress };
      const imported = await uploadArchive(config, sent);
      imported.skipped.unshift(...(packed?.litter ?? []));
      return imported;
    } finally {
      progress.stop();
    }
  });
}

function sayImported(
  { studies, images, goldReaders, skipped }: Omit<NewTestSetImport, 'testSet' | 'version'>,
  output: Output,
): void {
  output.say(`${studies} studies with ${images} images were read.`);
  if (goldReaders.length > 0) output.say(`Gold standard: the majority of ${goldReaders.map(printable).join(', ')}.`);
  if (skipped.length === 0) return;
  const which = skipped.length === 1 ? '1 file was' : `${skipped.length} files were`;
  const names = skipped.slice(0, 3).map(printable).join(', ');
  output.say(`${which} passed over: ${names}${skipped.length > 3 ? ', …' : ''}`);
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
