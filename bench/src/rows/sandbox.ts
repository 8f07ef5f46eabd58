import { createSandbox, type Sandbox } from '@holdout/runner';
import { makeContainerImage } from '@holdout/runner/testing';
import { writeDensenet169 } from '../densenet/write-densenet169.js';
import type { Measurement, Row } from '../measurement.js';
import { type BundleRun, runInSandbox } from '../run-in-sandbox.js';
import { writeRadiographs } from '../write-radiographs.js';

const fewImages = 4;

/**
 * What each sandbox costs an ONNX evaluation: the same DenseNet-169 in bubblewrap, in a container by podman, and in a
 * bare process, turn about. Throughput is that of all images after the model is loaded; what a sandbox adds is the time of
 * a run of four images, from the start of the process to the end of it, with nothing started ahead.
 */
export const measureSandbox: Row = async ({ directory, rounds, images: imageCount, say }) => {
  const bundle = await writeDensenet169(directory);
  const images = await writeRadiographs(`${directory}/images`, imageCount);
  const image = await makeContainerImage();
  try {
    const sides = [
      await openSide('in a bare process', { kind: 'none' }),
      await openSide('bubblewrap', { kind: 'bubblewrap' }),
      await openSide('a container', { kind: 'container', container: image.container }),
    ];
    const speedOf = ({ durations }: BundleRun) => imageCount / (durations.totalSeconds - durations.loadSeconds);
    // The first run warms the disk cache, and a container's image.
    for (const { sandbox } of sides) await runInSandbox(sandbox, { ...bundle, images: images.slice(0, fewImages) });
    for (let round = 0; round < rounds; round++) {
      for (const { sandbox, speeds, seconds } of turnAbout(sides, round)) {
        speeds.push(speedOf(await runInSandbox(sandbox, { ...bundle, images })));
        const startedAt = performance.now();
        await runInSandbox(sandbox, { ...bundle, images: images.slice(0, fewImages) });
        seconds.push((performance.now() - startedAt) / 1000);
      }
      say(`round ${round + 1} of ${rounds}`);
    }
    const [bare, ...sandboxed] = sides;
    return sandboxed.flatMap((side) => (bare ? compare(side, bare, imageCount) : []));
  } finally {
    await image.remove();
  }
};

interface Side {
  readonly what: string;
  readonly sandbox: Sandbox;
  readonly speeds: number[];
  readonly seconds: number[];
}

async function openSide(what: string, options: Parameters<typeof createSandbox>[0]): Promise<Side> {
  return { what, sandbox: await createSandbox(options), speeds: [], seconds: [] };
}

/** Each round begins with another side. */
function turnAbout(sides: readonly Side[], round: number): Side[] {
  const first = round % sides.length;
  return [...sides.slice(first), ...sides.slice(0, first)];
}

function compare({ what, speeds, seconds }: Side, bare: Side, imageCount: number): Measurement[] {
  return [
    {
      what: `DenseNet-169 in ${what}`,
      unit: 'images/s',
      samples: speeds,
      against: { what: bare.what, samples: bare.speeds },
      aim: { of: 'ratio', comparison: 'atLeast', value: 0.98 },
      facts: { images: imageCount },
    },
    {
      what: `… what ${what} adds to an evaluation of four images`,
      unit: 'ms',
      samples: seconds.map((value, round) => 1000 * (value - (bare.seconds[round] ?? Number.NaN))),
      aim: { of: 'median', comparison: 'below', value: 300 },
      facts: { images: fewImages },
    },
  ];
}
