import {
  testSetChangeSchema,
  testSetContentsSchema,
  testSetDiffSchema,
  testSetVersionsSchema,
} from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { usageError } from '../../command-error.js';
import { chooseServer } from '../../config.js';
import { requestJson } from '../../server/request.js';
import { createOutput } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { type Column, showTable } from '../../terminal/show-table.js';
import { addPhaseOptions, findTestSet, type TestSetOptions } from './find-test-set.js';
import { addImportCommand } from './import-test-set.js';
import { readEdits } from './read-edits.js';
import { sayChange, sayDiff } from './say-diff.js';

/** `holdout admin test-set …`: the versions of a phase's test set. */
export function addTestSetCommands(admin: Command, { environment, signal }: CommandContext): void {
  const group = admin
    .command('test-set')
    .summary('list, edit and compare the versions of a test set')
    .description('The versions of a phase’s test set. A version never changes; an edit makes a new one.');

  const listing = group
    .command('versions')
    .summary('list the versions')
    .description('Lists the versions of a phase.')
    .addHelpText('after', '\nExample:\n  holdout admin test-set versions --competition mura --phase test');
  addPhaseOptions(listing).action(async (options: TestSetOptions) => {
    const output = createOutput(options.json, environment);
    const { config, path } = await findTestSet(chooseServer(options, environment), options, signal);
    const list = await requestJson(config, { path: `${path}/versions`, schema: testSetVersionsSchema, signal });
    output.result(list);
    const rows = list.versions.map(({ version, role, studies, images, currentFrom }) => [
      version,
      role,
      String(studies),
      String(images),
      currentFrom?.slice(0, 16).replace('T', ' ') ?? '–',
    ]);
    for (const [place, line] of showTable(versionColumns, rows).entries()) {
      if (place === 0) output.title(line);
      else output.say(line);
    }
  });

  const showing = group
    .command('show')
    .summary('show studies and labels')
    .description('Shows the studies of a version with their labels, as CSV. That it was read is in the audit log.')
    .option('--test-set-version <digest>', 'an earlier version')
    .addHelpText('after', '\nExample:\n  holdout admin test-set show --phase test > labels.csv');
  addPhaseOptions(showing).action(async (options: TestSetOptions & { testSetVersion?: string }) => {
    const output = createOutput(options.json, environment);
    const { config, path } = await findTestSet(chooseServer(options, environment), options, signal);
    const { testSetVersion: version } = options;
    const query = version === undefined ? '' : `?version=${encodeURIComponent(version)}`;
    const contents = await requestJson(config, {
      path: `${path}/studies${query}`,
      schema: testSetContentsSchema,
      signal,
    });
    output.result(contents);
    const readers = [...new Set(contents.studies.flatMap(({ readerLabels }) => Object.keys(readerLabels)))];
    output.say(['study', 'type', 'patient', 'images', 'gold', ...readers].map(toCell).join(','));
    for (const { study, studyType, patient, images, goldLabel, readerLabels } of contents.studies) {
      const labels = readers.map((reader) => String(readerLabels[reader] ?? ''));
      output.say([study, studyType, patient, String(images), String(goldLabel), ...labels].map(toCell).join(','));
    }
  });

  addImportCommand(group, { environment, signal });

  const editing = group
    .command('edit')
    .summary('correct labels and withdraw studies')
    .description(
      'Makes a new version of a test set out of the present one. Everything that is scored is scored anew, and the\n' +
        'board switches to the new version when that is done; the old board stays readable.',
    )
    .argument('<file>', 'a CSV: study,reader,label on each line; label 0, 1 or withdraw')
    .requiredOption('--note <text>', 'why, for the audit log')
    .addHelpText(
      'after',
      `
The reader is left empty where a study is withdrawn, or where the gold standard is given directly:
  XR_WRIST/patient00001/study1,Reader 3,0
  XR_HAND/patient00002/study1,,withdraw

Example:
  holdout admin test-set edit edits.csv --phase test --note "second reading of two wrists"`,
    );
  addPhaseOptions(editing).action(async (file: string, options: TestSetOptions) => {
    const output = createOutput(options.json, environment);
    const edits = await readEdits(file);
    const { config, path } = await findTestSet(chooseServer(options, environment), options, signal);
    const body = { edits, note: options.note };
    const request = { path: `${path}/edits`, schema: testSetChangeSchema, signal, method: 'POST' as const, body };
    const change = await requestJson(config, request);
    output.result(change);
    sayChange(change, output);
  });

  const comparing = group
    .command('diff')
    .summary('compare two versions')
    .description('Shows what differs between two versions. It tells labels, so that it was read is in the audit log.')
    .argument('<a>', 'a version, by the first characters of its digest')
    .argument('<b>', 'another')
    .addHelpText('after', '\nExample:\n  holdout admin test-set diff 3f1c 9ab0 --phase test');
  addPhaseOptions(comparing).action(async (a: string, b: string, options: TestSetOptions) => {
    const output = createOutput(options.json, environment);
    const { config, path } = await findTestSet(chooseServer(options, environment), options, signal);
    const { versions } = await requestJson(config, { path: `${path}/versions`, schema: testSetVersionsSchema, signal });
    const [from, to] = [a, b].map((start) => chooseVersion(versions, start));
    const request = { path: `${path}/diff?from=${from}&to=${to}`, schema: testSetDiffSchema, signal };
    const diff = await requestJson(config, request);
    output.result(diff);
    sayDiff(diff, output);
  });
}

const versionColumns: readonly Column[] = [
  { title: 'version', side: 'left' },
  { title: 'role', side: 'left' },
  { title: 'studies', side: 'right' },
  { title: 'images', side: 'right' },
  { title: 'current from', side: 'left' },
];

function chooseVersion(versions: readonly { version: string }[], start: string): string {
  const found = versions.filter(({ version }) => version.startsWith(start));
  if (found.length === 1 && found[0]) return found[0].version;
  const what = found.length === 0 ? 'No version begins' : `${found.length} versions begin`;
  throw usageError(`${what} with “${start}”.`, 'See holdout admin test-set versions.');
}

/** RFC 4180. */
function toCell(text: string): string {
  const safe = printable(text);
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
