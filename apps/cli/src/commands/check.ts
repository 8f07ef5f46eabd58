import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackBundle } from '@holdout/bundle/node';
import type { StudyPrediction } from '@holdout/contracts';
import { aggregateStudies, type RunResult, runBundle } from '@holdout/runner';
import { scorePredictions } from '@holdout/scoring';
import type { Command } from 'commander';
import { withCheckedBundle, withTemporaryFolder } from '../open-bundle.js';
import { createOutput } from '../output.js';
import { startProgress } from '../progress.js';
import { readSample, type SampleStudy } from '../sample.js';
import { showTable } from '../show-table.js';

interface CheckOptions {
  sample: string;
  timeLimitSeconds: number;
  memoryLimitGibibytes: number;
  json: boolean;
}

const defaultSample = fileURLToPath(new URL('../../sample', import.meta.url));

/** `holdout check`: what the server would say of a bundle, before it is sent. */
export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .summary('check a bundle and run it on the sample studies, here')
    .description('Makes the same checks as the server, then runs the bundle on sample studies on this machine.')
    .argument('<bundle>', 'a folder, a zip or a tar.gz')
    .option('--sample <dir>', 'a folder in MURA’s layout instead of the sample studies that came along', defaultSample)
    .option('--time-limit-seconds <n>', 'stop the run after this long', Number, 600)
    .option('--memory-limit-gibibytes <n>', 'stop the run at this much memory', Number, 4)
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExample:\n  holdout check my-model.zip\n')
    .action(async (path: string, options: CheckOptions) => {
      const output = createOutput(options.json);
      const studies = await readSample(options.sample);
      await withCheckedBundle(path, async (bundle) => {
        const { manifest } = bundle;
        const { width, height, channels } = manifest.input;
        output.say(`“${manifest.name}” (${manifest.engine}, ${width}×${height}×${channels}): the bundle is valid.`);
        const run = await runOnSample(bundle, studies, options, output.say);
        const counts = studies.map(({ study, images }) => ({ study, imageCount: images.length }));
        const predictions = aggregateStudies(counts, run.probabilities, manifest);
        const score = scoreSample(studies, predictions);
        output.result({ manifest, predictions, score, provenance: run.provenance, durations: run.durations });
        for (const line of showPredictions(studies, predictions)) output.say(line);
        const kappa = score?.overall.kappa.value;
        if (kappa !== undefined)
          output.say(`Kappa on these ${studies.length} studies: ${kappa === null ? 'undefined' : kappa.toFixed(3)}`);
        output.say('The bundle runs. Submit it: holdout submit BUNDLE --competition C --phase P --wait');
      });
    });
}

async function runOnSample(
  { files, manifest }: Parameters<Parameters<typeof withCheckedBundle>[1]>[0],
  studies: readonly SampleStudy[],
  { timeLimitSeconds, memoryLimitGibibytes }: CheckOptions,
  say: (line: string) => void,
): Promise<RunResult> {
  return await withTemporaryFolder(async (folder) => {
    const bundleDirectory = join(folder, 'bundle');
    await mkdir(bundleDirectory);
    await unpackBundle(files, bundleDirectory);
    const images = studies.flatMap((study) => study.images.map((path) => ({ path })));
    const progress = startProgress('Images', images.length);
    try {
      return await runBundle({
        bundleDirectory,
        manifest,
        images,
        timeLimitSeconds,
        memoryLimitBytes: memoryLimitGibibytes * 1024 ** 3,
        onProgress: progress.update,
        onLog: (line) => say(`  ${line}`),
      });
    } finally {
      progress.stop();
    }
  });
}

/** Where the sample's folders tell the labels. */
function scoreSample(studies: readonly SampleStudy[], predictions: readonly StudyPrediction[]) {
  const gold = studies.flatMap(({ study, studyType, label }) => (label === null ? [] : [{ study, studyType, label }]));
  return gold.length === studies.length ? scorePredictions(gold, predictions) : null;
}

function showPredictions(studies: readonly SampleStudy[], predictions: readonly StudyPrediction[]): string[] {
  const words = ['normal', 'abnormal'] as const;
  const rows = predictions.map(({ study, probability, label }, index) => {
    const truth = studies[index]?.label ?? null;
    return [study, probability?.toFixed(3) ?? '–', words[label], truth === null ? '' : words[truth]];
  });
  return showTable(['study', 'probability', 'called', 'label'], rows);
}
