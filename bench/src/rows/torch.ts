import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createSandbox } from '@holdout/runner';
import { writeDensenet169 } from '../densenet/write-densenet169.js';
import type { Row } from '../measurement.js';
import { runInSandbox } from '../run-in-sandbox.js';
import { prepareTorch, type TorchAnswer } from '../torch/prepare-torch.js';
import { writeRadiographs } from '../write-radiographs.js';

/**
 * A whole evaluation of a DenseNet-169 beside a program in Python as teams of the first competition had it: the same
 * weights in torchvision's net, images by PIL and torchvision's transforms, batches of eight, by Debian's PyTorch on the
 * same cores. All from the start of the process to the last prediction, and all must predict the same. PyTorch runs twice:
 * as it comes, when it takes one thread for two processors (it believes that two are one core), and told to take them all.
 */
export const measureTorch: Row = async ({ directory, rounds, images: imageCount, say }) => {
  const images = await writeRadiographs(join(directory, 'images'), imageCount);
  const torch = await prepareTorch(directory, images);
  if (!torch) {
    say('left out: there is no PyTorch here (Debian: python3-torch python3-torchvision python3-pil)');
    return [];
  }
  const bundle = await writeDensenet169(directory);
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  const ours: number[] = [];
  const theirs = new Map<string, { answer: TorchAnswer; samples: number[] }>();
  let difference = 0;
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    const run = await runInSandbox(sandbox, { ...bundle, images });
    ours.push(imageCount / ((performance.now() - startedAt) / 1000));
    for (const [way, threads] of ways) {
      const answer = await torch.predict({ device: 'cpu', threads });
      const samples = [...(theirs.get(way)?.samples ?? []), imageCount / answer.seconds];
      theirs.set(way, { answer, samples });
      const differences = answer.predictions.map((value, place) =>
        Math.abs(value - (run.probabilities[place] ?? Number.NaN)),
      );
      difference = Math.max(difference, ...differences);
    }
    say(`round ${round + 1} of ${rounds}`);
  }
  return [...theirs].map(([way, { answer, samples }]) => ({
    what: way === 'as it comes' ? 'DenseNet-169, a whole evaluation' : '… and PyTorch on all cores',
    unit: 'images/s',
    samples: ours,
    against: { what: `PyTorch ${answer.version}, ${way} (threads: ${answer.threads}), batches of 8`, samples },
    ...(way === 'as it comes' ? { aim: { of: 'ratio', comparison: 'atLeast', value: 5 } as const } : {}),
    facts: { images: imageCount, largestDifference: difference },
  }));
};

/** How many threads PyTorch is told to take; null where it chooses. */
const ways = [
  ['as it comes', null],
  ['told to take all cores', availableParallelism()],
] as const;
