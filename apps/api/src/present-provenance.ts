import { digestSchema, engineSchema, type Provenance, type RunProvenance } from '@holdout/contracts';
import type { ScoreBasis } from '@holdout/db';
import { z } from 'zod';

/** As workers write it; the fields came one after the other, so that old rows lack some. */
const writtenSchema = z.object({
  engine: engineSchema,
  engineVersion: z.string().nullable().catch(null),
  engineDigest: digestSchema.nullable().catch(null),
  device: z.string().nullable().catch(null),
  threads: z.int().nullable().catch(null),
});

/** What a score rests on, as it may leave: times and memory stay here, since they tell of the hidden images. */
export function presentProvenance(basis: ScoreBasis, bundleDigest: string | null): Provenance {
  return {
    bundleDigest,
    testSetVersion: basis.testSetDigest,
    predictionsDigest: basis.predictionsDigest,
    run: presentRun(basis.run),
    scorerVersion: basis.scorerVersion,
  };
}

/** null where nothing is known of how the predictions came about. */
export function presentRun(run: ScoreBasis['run']): RunProvenance | null {
  return writtenSchema.safeParse(run).data ?? null;
}
