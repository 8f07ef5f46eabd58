import { createHash, randomUUID } from 'node:crypto';
import {
  claimEvaluation,
  claimScoring,
  type Database,
  finishRunning,
  insertSubmission,
  insertTeam,
  publishScore,
  startRunning,
} from '@holdout/db';
import { type FilledPhase, manifest, scoreSome } from './fill-database.js';

const result = scoreSome(10);

/** A new team's submission goes through all its states, and comes onto the board. */
export async function enterTeam(database: Database, { phaseId }: FilledPhase): Promise<void> {
  const name = randomUUID();
  const digest = createHash('sha256').update(name).digest('hex');
  const teamId = await insertTeam(database, `New team ${name}`);
  const bundle = { bundleDigest: digest, bundleSizeBytes: 50_000_000 };
  const { evaluationId } = await insertSubmission(database, { phaseId, teamId, manifest, ...bundle });
  const claim = await claimEvaluation(database, { evaluationId, owner: 'bench', leaseSeconds: 60 });
  const leaseToken = claim?.leaseToken ?? 0;
  await startRunning(database, { evaluationId, leaseToken });
  await finishRunning(database, { evaluationId, leaseToken, predictionsDigest: digest, provenance: {} });
  const scoring = await claimScoring(database, { evaluationId, owner: 'bench', leaseSeconds: 60 });
  const published = await publishScore(database, {
    evaluationId,
    leaseToken: scoring?.leaseToken ?? 0,
    ...result,
    scorerVersion: '1',
    provenance: {},
  });
  if (!published) throw new Error(`The score of ${evaluationId} was not published.`);
}
