// Draws a synthetic set and writes it as the tensors that train.py reads: one grey picture of 192×192 bytes an image,
// resized as the runner resizes, and a JSON file with the study, label, type and place of the lesion of each.
//
//   node packages/baseline/training/make-tensors.mjs training|validation OUT_DIRECTORY

import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demoSets, generateStudies } from '@holdout/testset';
import sharp from 'sharp';

const side = 192;
const [set, directory] = process.argv.slice(2);
// Nothing is ever learned from the studies that models are judged on.
if (!['training', 'validation'].includes(set) || !directory) {
  process.stderr.write('Usage: make-tensors.mjs training|validation OUT_DIRECTORY\n');
  process.exit(2);
}

await mkdir(directory, { recursive: true });
const pixels = createWriteStream(join(directory, `${set}.bin`));
const images = [];
let studies = 0;
for await (const { study, studyType, truth, lesion, difficulty, images: views } of generateStudies(demoSets[set])) {
  const resized = views.map(({ png }) => sharp(png).greyscale().resize(side, side, { fit: 'fill' }).raw().toBuffer());
  for (const [index, bytes] of (await Promise.all(resized)).entries()) {
    pixels.write(bytes);
    images.push({ study, studyType, label: truth, lesion, difficulty, box: scaleBox(views[index]) });
  }
  studies += 1;
  if (studies % 200 === 0) process.stdout.write(`${studies} studies, ${images.length} images\n`);
}
await new Promise((done) => pixels.end(done));
await writeFile(join(directory, `${set}.json`), JSON.stringify(images));
process.stdout.write(`${set}: ${studies} studies, ${images.length} images\n`);

/** Where the lesion is, as shares of the picture: left, top, right, bottom. */
function scaleBox({ lesionBox: box, width, height }) {
  if (!box) return null;
  return [box.left / width, box.top / height, (box.left + box.width) / width, (box.top + box.height) / height];
}
