import { readFileSync } from 'node:fs';
import { demoSets } from '../../synthetic/demo-sets.js';
import { planStudies } from '../../synthetic/generate-studies.js';

const studies = planStudies(demoSets.sample).map(({ study, studyType, patient, truth, imageCount }) => ({
  place: `MURA-v1.1/test/${study}`,
  ...{ study, studyType, patient, truth },
  images: Array.from({ length: imageCount }, (_, view) => `MURA-v1.1/test/${study}/image${view + 1}.png`),
}));

const readSample = (name: string) =>
  readFileSync(new URL(`../../../../../apps/cli/sample/${name}`, import.meta.url), 'utf8');
/** The lists that come with the sample of the command: files as they are handed out. */
const sample = { paths: readSample('valid_image_paths.csv'), labels: readSample('valid_labeled_studies.csv') };

/** The images that lie beside a table: the demo's sample in MURA's folders, or the command's, of which it speaks. */
export function listPaths(table: string): string[] {
  return table.includes('MURA-v1.1/valid/') ? sample.paths.trim().split('\n') : studies.flatMap(({ images }) => images);
}

/** A table of nothing but names. */
export const pathsTable = { name: 'the sample’s paths', bytes: Buffer.from(sample.paths) };

/** Tables that such a folder may come with, in all their forms; each is accepted. */
export function writeTables(): { name: string; bytes: Buffer }[] {
  const lines = (line: (study: (typeof studies)[number]) => string) =>
    studies.map((study) => `${line(study)}\n`).join('');
  const images = studies.flatMap(({ study, studyType, patient, truth, images }) =>
    images.map((image) => `${study},${image},${studyType},${patient},${truth}\n`),
  );
  const tables = {
    'MURA’s own': lines(({ place, truth }) => `${place}/,${truth}`),
    'with a header': `study,label\n${lines(({ study, truth }) => `${study},${truth}`)}`,
    'three readers': `study,Ann,Bob,Cy\n${lines(({ study, truth }) => `${study},${truth},${1 - truth},1`)}`,
    'readers without names': lines(({ place, truth }) => `${place}/,${truth},0,1`),
    'a spreadsheet’s': `\ufeffstudy,label\n${lines(({ study, truth }) => `"${study}/","${truth}.0"`)}\n`.replaceAll(
      '\n',
      '\r\n',
    ),
    'a line for each image': `study,image,type,patient,label\n${images.join('')}`,
    'the sample’s': sample.labels,
  };
  return Object.entries(tables).map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
}
