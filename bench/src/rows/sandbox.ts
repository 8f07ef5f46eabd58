import { writeDensenet169 } from '../densenet/write-densenet169.js';
import type { Row } from '../measurement.js';
import { type BundleRun, runInSandbox } from '../run-in-sandbox.js';
import { writeRadiographs } from '../write-radiographs.js';

const fewImages = 4;

/**
 * What the sandbox costs an ONNX evaluation: the same DenseNet-169 in bubblewrap and in a bare process, turn about. Its
 * throughput is that of all images after the model is loaded; what it adds is the time of a run of four images, from the
 * start of the process to the end of it, with nothing started ahead.
 */
export const measureSandbox: Row = async ({ directory, rounds, images: imageCount, say }) => {
  const bundle = await writeDensenet169(directory);
  const images = await writeRadiographs(`${directory}/images`, imageCount);
  const sides = { sandboxed: 'bubblewrap', bare: 'none' } as const;
  const speeds = { sandboxed: [] as number[], bare: [] as number[] };
  const seconds = { sandboxed: [] as number[], bare: [] as number[] };
  const speedOf = ({ durations }: BundleRun) => imageCount / (durations.totalSeconds - durations.loadSeconds);
  // The first run warms the disk cache.
  await runInSandbox('none', { ...bundle, images: images.slice(0, fewImages) });
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? (['sandboxed', 'bare'] as const) : (['bare', 'sandboxed'] as const);
    for (const side of order) {
      speeds[side].push(speedOf(await runInSandbox(sides[side], { ...bundle, images })));
      const startedAt = performance.now();
      await runInSandbox(sides[side], { ...bundle, images: images.slice(0, fewImages) });
      seconds[side].push((performance.now() - startedAt) / 1000);
    }
    say(`round ${round + 1} of ${rounds}`);
  }
  const facts = { images: imageCount };
  const added = seconds.sandboxed.map((value, round) => 1000 * (value - (seconds.bare[round] ?? Number.NaN)));
  return [
    {
      what: 'DenseNet-169 in bubblewrap',
      unit: 'images/s',
      samples: speeds.sandboxed,
      against: { what: 'in a bare process', samples: speeds.bare },
      aim: { of: 'ratio', comparison: 'atLeast', value: 0.98 },
      facts,
    },
    {
      what: '… what the sandbox adds to an evaluation of four images',
      unit: 'ms',
      samples: added,
      aim: { of: 'median', comparison: 'below', value: 300 },
      facts: { images: fewImages },
    },
  ];
};
