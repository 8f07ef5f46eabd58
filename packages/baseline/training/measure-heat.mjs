// Measures where the demo's small DenseNet looks: which share of its heat lies inside the drawn lesion, on the abnormal
// images of the validation set that it calls abnormal and on all of them, and what share of the picture the lesion is. Draws
// some of them.
//
//   node packages/baseline/training/measure-heat.mjs DATA_DIRECTORY [BUNDLE] [PICTURE.png]

import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkBundle } from '@holdout/bundle';
import { openFolder, unpackBundle } from '@holdout/bundle/node';
import { defaultRunLimits } from '@holdout/contracts';
import { createSandbox, drawHeatMap, explainImages, keepProcessReady, makeOwnFolder } from '@holdout/runner';
import { demoSets, generateStudies } from '@holdout/testset';
import sharp from 'sharp';

const demo = fileURLToPath(new URL('../demo/densenet', import.meta.url));
const [data, bundle = demo, picture] = process.argv.slice(2);
const side = 96;

const lesions = await findLesions(data);
const maps = await explain(bundle, lesions);
const explained = lesions.map((lesion, place) => ({ ...lesion, map: maps[place] }));
const measured = explained.map((each) => ({ ...each, ...measure(each.map, each.box) }));
const isSeen = ({ map }) => map.probability > 0.5;
for (const kind of ['hardware', 'displaced', 'fracture', 'all']) {
  const all = measured.filter(({ lesion }) => kind === 'all' || lesion === kind);
  const seen = all.filter(isSeen);
  writeRow([kind, `${seen.length} of ${all.length}`, ...describe(seen), mean(all, 'inside'), mean(all, 'hit')]);
}
const cold = measured.filter(({ isCold }) => isCold).length;
process.stdout.write(`Without any heat: ${cold} of ${measured.length}.\n`);
if (picture) await drawSome(measured.filter(isSeen), picture);

/** The abnormal images, with the box around their lesion in shares of the picture's sides. */
async function findLesions(directory) {
  const found = [];
  for await (const { study, lesion, images } of generateStudies(demoSets.validation, ({ truth }) => truth === 1)) {
    for (const { fileName, width, height, lesionBox: box } of images) {
      const path = join(directory, 'MURA-v1.1/valid', `${study}_positive`, fileName);
      const share = {
        left: box.left / width,
        top: box.top / height,
        width: box.width / width,
        height: box.height / height,
      };
      found.push({ path, lesion, box: share });
    }
  }
  return found;
}

async function explain(path, images) {
  const { files, manifest } = await checkBundle(await openFolder(path));
  // Our own model on our own pictures.
  const sandbox = await createSandbox({ kind: 'none' });
  const makeFolder = () => makeOwnFolder(tmpdir());
  const models = keepProcessReady({ sandbox, makeFolder });
  try {
    return await explainImages({
      ...{ manifest, sandbox, models, makeFolder, images, method: 'cam' },
      limits: { ...defaultRunLimits, timeLimitSeconds: 600, memoryLimitBytes: 4 * 2 ** 30 },
      threads: availableParallelism(),
      unpack: (directory) => unpackBundle(files, directory),
    });
  } finally {
    await models.close();
  }
}

/** Of the map as it is shown, spread out between its places: the share of its heat in the box, and whether its peak is. */
function measure(map, box) {
  let [inside, sum, area, peak, hit] = [0, 0, 0, 0, 0];
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const [x, y] = [(column + 0.5) / side, (row + 0.5) / side];
      const heat = Math.max(0, interpolate(map, x, y));
      const isInside = x >= box.left && y >= box.top && x <= box.left + box.width && y <= box.top + box.height;
      sum += heat;
      if (isInside) [inside, area] = [inside + heat, area + 1];
      if (heat > peak) [peak, hit] = [heat, isInside ? 1 : 0];
    }
  }
  return { inside: sum === 0 ? 0 : inside / sum, area: area / side ** 2, hit, isCold: sum === 0 };
}

function describe(rows) {
  return [mean(rows, 'inside'), mean(rows, 'area'), mean(rows, 'hit')];
}

function writeRow(cells) {
  process.stdout.write(`| ${cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(2) : cell)).join(' | ')} |\n`);
}

function interpolate({ width, height, values }, x, y) {
  const [column, row] = [clamp(x * width - 0.5, width - 1), clamp(y * height - 0.5, height - 1)];
  const [left, top] = [Math.min(Math.floor(column), width - 2), Math.min(Math.floor(row), height - 2)];
  const [right, down] = [column - left, row - top];
  const at = (plusX, plusY) => values[(top + plusY) * width + left + plusX];
  return (at(0, 0) * (1 - right) + at(1, 0) * right) * (1 - down) + (at(0, 1) * (1 - right) + at(1, 1) * right) * down;
}

function clamp(value, most) {
  return Math.min(most, Math.max(0, value));
}

function mean(rows, name) {
  return rows.reduce((sum, row) => sum + row[name], 0) / rows.length;
}

/** Two of each kind, side by side, with the lesion's box around it: not the best ones, the first. */
async function drawSome(rows, out) {
  const chosen = ['hardware', 'displaced', 'fracture'].flatMap((kind) =>
    rows.filter((row) => row.lesion === kind).slice(0, 2),
  );
  const size = 200;
  const tiles = chosen.map(async ({ path, map, box }, place) => {
    const heat = await drawHeatMap(path, map, { opacity: 0.6 });
    const frame = `<svg width="${size}" height="${size}"><rect x="${box.left * size}" y="${box.top * size}" width="${box.width * size}" height="${box.height * size}" fill="none" stroke="#5ec8ff" stroke-width="1.5"/></svg>`;
    const input = await sharp(await sharp(heat).resize(size, size, { fit: 'fill' }).toBuffer())
      .composite([{ input: Buffer.from(frame) }])
      .png()
      .toBuffer();
    return { input, left: place * size, top: 0 };
  });
  const create = { width: chosen.length * size, height: size, channels: 3, background: 'black' };
  await sharp({ create })
    .composite(await Promise.all(tiles))
    .png({ palette: true })
    .toFile(out);
}
