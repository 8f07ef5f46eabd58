import { seedOfDigest } from '@holdout/contracts';
import type { LadderPlace, publishScore } from '@holdout/db';
import { type GoldStudy, ladderStep, makeResamples, type PredictedStudy, resampleEntries } from '@holdout/scoring';
import { readPredictions, type Storage, takeStudiesOf } from '@holdout/storage';

/** What a score was made of. */
export interface Scored {
  gold: readonly (GoldStudy & { patient: string })[];
  studies: readonly PredictedStudy[];
}

type Release = Parameters<typeof publishScore>[1]['release'];

/** Decides whether a score is shown to its team, by the phase's rule; undefined where every score is. */
export async function decideRelease(
  { storage }: { storage: Storage },
  { testSetDigest }: { testSetDigest: string },
  { gold, studies }: Scored,
  ladder: LadderPlace,
): Promise<Release> {
  if (ladder.decided !== null) return ladder.decided ? undefined : { isReleased: false, facts: null };
  const { best } = ladder;
  const earlier = best ? takeStudiesOf(gold, await readPredictions(storage, best.predictionsDigest)) : null;
  const resamples = makeResamples(gold, { seed: seedOfDigest(testSetDigest) });
  const [candidate, other = null] = resampleEntries(resamples, earlier ? [studies, earlier] : [studies]);
  if (!candidate) throw new Error('One entry was resampled and none came back.');
  const { isReleased, difference, standardError } = ladderStep(candidate, other);
  return { isReleased, facts: { comparedWith: best?.evaluationId ?? null, difference, standardError } };
}
