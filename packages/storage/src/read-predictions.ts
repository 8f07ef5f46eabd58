import { type PredictionsFile, predictionsFileSchema } from '@holdout/contracts';
import type { Storage } from './storage.js';

/** The predictions that an evaluation left in storage. */
export async function readPredictions(storage: Storage, digest: string): Promise<PredictionsFile> {
  const chunks: Buffer[] = [];
  for await (const chunk of await storage.open(digest)) chunks.push(Buffer.from(chunk));
  return predictionsFileSchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
}

/** Of an earlier version's predictions those that this one asks for: a study may have been withdrawn. */
export function takeStudiesOf(
  gold: readonly { study: string }[],
  { studies }: PredictionsFile,
): PredictionsFile['studies'] {
  const wanted = new Set(gold.map(({ study }) => study));
  return studies.filter(({ study }) => wanted.has(study));
}
