// Says how much of a bundle's heat lies where the lesions were drawn, on synthetic abnormal images that no demo bundle has
// learned from, with the share that the boxes take of the pictures for comparison, and how often the hottest place lies
// within. The bundle runs in a sandbox, as anywhere.
//
//   node packages/baseline/training/measure-heat.mjs BUNDLE [--images 200] [--occlusion] [--set validation]

import { mkdtempSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkBundle } from '@holdout/bundle';
import { openBundlePath, unpackBundle } from '@holdout/bundle/node';
import { chooseHeatMapMethod, defaultRunLimits } from '@holdout/contracts';
import { createSandbox, explainImages, keepProcessReady } from '@holdout/runner';
import { demoSets, findHeatInBox, generateStudies } from '@holdout/testset';

const options = {
  images: { type: 'string', default: '200' },
  occlusion: { type: 'boolean', default: false },
  set: { type: 'string', default: 'validation' },
};
const { positionals, values } = parseArgs({ options, allowPositionals: true });
const [path] = positionals;
// The hidden studies of the demo are for nobody to look at.
if (!path || !['sample', 'practice', 'validation'].includes(values.set)) {
  process.stderr.write(
    'Usage: measure-heat.mjs BUNDLE [--images N] [--occlusion] [--set sample|practice|validation]\n',
  );
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), 'holdout-heat-'));
const sandbox = await createSandbox({ kind: 'bubblewrap' });
const makeFolder = () => mkdtempSync(join(folder, 'run-'));
const models = keepProcessReady({ sandbox, makeFolder });
const opened = await openBundlePath(path);
try {
  const { manifest, files } = await checkBundle(opened);
  const method = values.occlusion ? 'occlusion' : chooseHeatMapMethod(manifest);
  const drawn = await drawAbnormal(Number(values.images));
  const maps = [];
  // So many that no message between the two processes is long.
  for (let first = 0; first < drawn.length; first += 32) {
    const run = {
      manifest,
      limits: { ...defaultRunLimits, timeLimitSeconds: 3600, memoryLimitBytes: 8e9 },
      sandbox,
      models,
    };
    const images = drawn.slice(first, first + 32);
    const unpack = (directory) => unpackBundle(files, directory);
    maps.push(
      ...(await explainImages({ ...run, threads: availableParallelism(), makeFolder, unpack, images, method })),
    );
  }
  report(`${manifest.name}, ${method}`, drawn, maps);
} finally {
  await opened.close();
  await models.close();
  await rm(folder, { recursive: true, force: true });
}

/** Writes the first images with a lesion, and says where each lies, in shares of its sides. */
async function drawAbnormal(most) {
  const drawn = [];
  for await (const { images, lesion } of generateStudies(demoSets[values.set])) {
    for (const { png, lesionBox, width, height } of images) {
      if (!lesionBox || drawn.length >= most) continue;
      const path = join(folder, `${drawn.length}.png`);
      await writeFile(path, png);
      const { left, top } = lesionBox;
      const box = {
        left: left / width,
        top: top / height,
        width: lesionBox.width / width,
        height: lesionBox.height / height,
      };
      drawn.push({ path, box, lesion });
    }
    if (drawn.length >= most) break;
  }
  return drawn;
}

function report(title, drawn, maps) {
  const rows = drawn.map(({ box, lesion }, place) => {
    const { values: heat, width, height, area, probability } = maps[place];
    const hottest = heat.indexOf(Math.max(...heat));
    const x = area.left + (((hottest % width) + 0.5) / width) * area.width;
    const y = area.top + ((Math.floor(hottest / width) + 0.5) / height) * area.height;
    const hits =
      (heat[hottest] ?? 0) > 0 &&
      x >= box.left &&
      x <= box.left + box.width &&
      y >= box.top &&
      y <= box.top + box.height;
    return { lesion, probability, inside: findHeatInBox(maps[place], box), boxShare: box.width * box.height, hits };
  });
  const called = rows.filter(({ probability }) => probability > 0.5);
  process.stdout.write(`${title}\n`);
  say('all', rows);
  say('called abnormal', called);
  for (const kind of [...new Set(rows.map(({ lesion }) => lesion))].sort()) {
    say(
      `${kind}`,
      rows.filter(({ lesion }) => lesion === kind),
    );
  }
}

function say(name, rows) {
  const warm = rows.filter(({ inside }) => inside !== null);
  const mean = (list) =>
    list.length === 0 ? '–' : (list.reduce((sum, value) => sum + value, 0) / list.length).toFixed(3);
  const parts = [
    `${rows.length} images`,
    `heat in the box ${mean(warm.map(({ inside }) => inside))}`,
    `box of the picture ${mean(rows.map(({ boxShare }) => boxShare))}`,
    `hottest place in the box ${mean(rows.map(({ hits }) => (hits ? 1 : 0)))}`,
    ...(warm.length < rows.length ? [`${rows.length - warm.length} without heat`] : []),
  ];
  process.stdout.write(`  ${name}: ${parts.join(', ')}\n`);
}
