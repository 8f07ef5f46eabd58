import { createHash } from 'node:crypto';
import type { ResolvedModelManifest } from '@holdout/contracts';
import { type Database, findPhase, insertSubmission } from '@holdout/db';

const manifest: ResolvedModelManifest = {
  name: 'A model',
  studyAggregation: 'mean',
  threshold: 0.5,
  engine: 'onnx',
  model: 'model.onnx',
  input: {
    name: 'input',
    width: 64,
    height: 64,
    channels: 1,
    layout: 'nchw',
    resize: 'stretch',
    scale: 1 / 255,
    mean: [0],
    std: [1],
    fixedBatchSize: null,
  },
  output: { name: 'output', activation: 'none', index: 0 },
};

/** A queued submission of a team to the phase `test`, as an upload leaves it in the database. Its id. */
export async function seedSubmission(
  { database }: { readonly database: Database },
  teamId: string,
  changes: Partial<ResolvedModelManifest> = {},
): Promise<string> {
  const phase = await findPhase(database, 'mura', 'test');
  if (!phase) throw new Error('The competition of the tests is not there.');
  const { submissionId } = await insertSubmission(database, {
    phaseId: phase.id,
    teamId,
    manifest: { ...manifest, ...changes },
    bundleDigest: createHash('sha256').update(JSON.stringify(changes)).digest('hex'),
    bundleSizeBytes: 1234,
  });
  return submissionId;
}
