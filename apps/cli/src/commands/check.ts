import { fileURLToPath } from 'node:url';
import { defaultRunLimits, type ResolvedManifest, type StudyPrediction } from '@holdout/contracts';
import { findWarnings, scorePredictions } from '@holdout/scoring';
import { type Command, InvalidArgumentError } from 'commander';
import { chooseSandbox } from '../bundle/choose-sandbox.js';
import { withCheckedBundle } from '../bundle/open-bundle.js';
import { readSample, type SampleStudy } from '../bundle/read-sample.js';
import { runOnSample } from '../bundle/run-on-sample.js';
import type { CommandContext } from '../command-context.js';
import { createOutput, type Output } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';
import { showMetric } from '../terminal/show-score.js';
import { showTable } from '../terminal/show-table.js';

interface CheckOptions {
  sample: string;
  timeLimitSeconds: number;
  memoryLimitGibibytes: number;
  json: boolean;
}

const defaultSample = fileURLToPath(new URL('../../sample', import.meta.url));

/** `holdout check`: what the server would say of a bundle, before it is sent. */
export function addCheckCommand(program: Command, { environment, signal }: CommandContext): void {
  program
    .command('check')
    .summary('check a bundle and run it on the sample studies, here')
    .description(
      'Makes the same checks as the server, then runs the bundle on sample studies on this machine. The sample that\n' +
        'comes along is synthetic: it shows that a bundle runs and reads its pictures, not how good it is.',
    )
    .argument('<bundle>', 'a folder, a zip or a tar.gz')
    .option('--sample <dir>', 'studies in MURA’s layout to run on instead (default: the sample that comes along)')
    .option('--time-limit-seconds <n>', 'stop the run after this long', readPositive, 600)
    .option('--memory-limit-gibibytes <n>', 'stop the run at this much memory', readPositive, 4)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      '\nExamples:\n  holdout check my-model/\n  holdout check my-model.zip --sample MURA-v1.1/valid --time-limit-seconds 7200',
    )
    .action(async (path: string, { sample = defaultSample, ...options }: CheckOptions) => {
      const output = createOutput(options.json, environment);
      const studies = await readSample(sample);
      await withCheckedBundle(path, async (bundle) => {
        const { manifest, sizeBytes } = bundle;
        output.title(`“${printable(manifest.name)}” (${describeKind(manifest)}) is valid.`);
        const limits = {
          ...defaultRunLimits,
          timeLimitSeconds: options.timeLimitSeconds,
          memoryLimitBytes: Math.round(options.memoryLimitGibibytes * 1024 ** 3),
        };
        const sandbox = await chooseSandbox(manifest, environment, output.say);
        const result = await runOnSample(bundle, { sandbox, studies, limits, signal });
        const { predictions, missing: _missing, again, ...run } = result;
        const warnings = findWarnings(result, again, listGold(studies));
        const score = scoreSample(studies, predictions);
        const goldOf = new Map(studies.map(({ study, label }) => [study, label]));
        const told = predictions.map((each) => ({ ...each, gold: goldOf.get(each.study) ?? null }));
        output.result({ manifest, sizeBytes, predictions: told, score, warnings, ...run });
        sayPredictions(told, output);
        if (score) {
          const right = score.overall.counts.truePositive + score.overall.counts.trueNegative;
          output.say(`Kappa on the sample: ${showMetric(score.overall.kappa)} (${right} of ${score.studies} right)`);
        }
        for (const { message } of warnings) output.say(`Warning: ${printable(message)}`);
        output.say(`It runs. Submit it: holdout submit ${path} --competition C --phase P --wait`);
      });
    });
}

function describeKind(manifest: ResolvedManifest): string {
  if (manifest.engine === 'command') return `command, ${printable(manifest.command.join(' '))}`;
  const { width, height, channels } = manifest.input;
  return `${manifest.engine}, input ${width}×${height}×${channels}`;
}

function readPositive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Expected a number greater than 0.');
}

/** The studies whose folder tells the label. */
function listGold(studies: readonly SampleStudy[]) {
  return studies.flatMap(({ study, studyType, label }) => (label === null ? [] : [{ study, studyType, label }]));
}

/** Over the studies whose label is known; null where none is. */
function scoreSample(studies: readonly SampleStudy[], predictions: readonly StudyPrediction[]) {
  const gold = listGold(studies);
  const labelled = new Set(gold.map(({ study }) => study));
  const predicted = new Set(predictions.map(({ study }) => study));
  const both = gold.filter(({ study }) => predicted.has(study));
  if (both.length === 0) return null;
  return scorePredictions(
    both,
    predictions.filter(({ study }) => labelled.has(study)),
  );
}

const words = ['normal', 'abnormal'] as const;

function sayPredictions(predictions: readonly (StudyPrediction & { gold: 0 | 1 | null })[], output: Output): void {
  const rows = predictions.map(({ study, probability, label, gold }) => [
    study,
    probability?.toFixed(3) ?? '–',
    words[label],
    gold === null ? '–' : words[gold],
    gold === null || gold === label ? '' : 'wrong',
  ]);
  const columns = ['study', 'probability', 'called', 'is', ''].map((title) => ({
    title,
    side: title === 'probability' ? ('right' as const) : ('left' as const),
  }));
  for (const line of showTable(columns, rows)) output.say(line);
}
