import { readFileSync } from 'node:fs';
import { readPredictionsCsv } from '../../command/read-predictions-csv.js';

const sample = new URL('../../../../../apps/cli/sample/valid_labeled_studies.csv', import.meta.url);
/** The labels of the sample that the command brings: what a program would write that is always right. */
export const sampleLabels = readFileSync(sample);
const sampleStudies = sampleLabels.toString().matchAll(/^(.+?)\/?,[01]$/gm);
const studies = [
  ...['XR_WRIST/patient00001/study1', 'XR_WRIST/patient00002/study1', 'XR_ELBOW/patient00003/study2'],
  ...[...sampleStudies].map(([, study = '']) => study),
];

/** What a program wrote of its studies. */
export function tryInput(bytes: Uint8Array): void {
  const { predictions, missing } = readPredictionsCsv(bytes, studies, { threshold: 0.5 });
  const answered = [...predictions.map(({ study }) => study), ...missing].sort();
  if (answered.join() !== [...studies].sort().join()) throw new Error(`It answers for ${answered}.`);
  const isOdd = (value: number | null) => value !== null && !(value >= 0 && value <= 1);
  if (predictions.some(({ probability }) => isOdd(probability))) throw new Error('A probability is none.');
  if (predictions.some(({ label }) => label !== 0 && label !== 1)) throw new Error('A label is neither 0 nor 1.');
}
