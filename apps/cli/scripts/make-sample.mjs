// Makes the sample studies that come with the command: the demo competition's public sample, in MURA's layout and at
// half its size, so that they stay small in the repository.
//
//   node apps/cli/scripts/make-sample.mjs

import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { demoSets, generateStudies, writeMuraFolder } from '@holdout/testset';
import sharp from 'sharp';

const longestSide = 224;
const mostViews = 2;

async function* halveStudies() {
  for await (const study of generateStudies(demoSets.sample)) {
    const images = study.images.slice(0, mostViews).map(async (image) => {
      const resize = { width: longestSide, height: longestSide, fit: 'inside' };
      const png = await sharp(image.png)
        .resize(resize)
        .png({ compressionLevel: 9, adaptiveFiltering: true })
        .toBuffer();
      return { ...image, png };
    });
    yield { ...study, images: await Promise.all(images) };
  }
}

const directory = fileURLToPath(new URL('../sample', import.meta.url));
await rm(directory, { recursive: true, force: true });
const labelOf = ({ truth }) => truth;
const written = await writeMuraFolder({ directory, split: 'valid', studies: halveStudies(), labelOf });
process.stdout.write(`${written.studies} studies, ${written.images} images\n`);
