import { z } from 'zod';
import { progressSchema, reasonSchema } from './api.js';
import { digestSchema } from './digest.js';
import { runProvenanceSchema } from './provenance.js';
import { submissionStateSchema } from './states.js';

/** How predictions that were made once more stand to those that were made first. */
export const predictionComparisonSchema = z.object({
  studies: z.number().int(),
  images: z.number().int(),
  /** Every probability and every call is the same, to the last bit. */
  identical: z.boolean(),
  /** Between the probabilities of an image or of a study. */
  maxAbsoluteDifference: z.number(),
  /** Studies that are called otherwise: normal instead of abnormal, or the other way round. */
  differingCalls: z.number().int(),
});
export type PredictionComparison = z.infer<typeof predictionComparisonSchema>;

const runSchema = z.object({
  /** null while it is not there yet. */
  predictionsDigest: digestSchema.nullable(),
  run: runProvenanceSchema.nullable(),
});

/** An evaluation that is run once more. Only organisers see it: it has no score, and is on no board. */
export const reproductionSchema = z.object({
  id: z.uuid(),
  submissionId: z.uuid(),
  /** The evaluation that it reproduces. */
  evaluationId: z.uuid(),
  testSetVersion: digestSchema,
  /** `scored`, once it was compared. */
  state: submissionStateSchema,
  progress: progressSchema.nullable(),
  reason: reasonSchema.nullable(),
  first: runSchema,
  again: runSchema,
  /** null until both are compared. */
  comparison: predictionComparisonSchema.nullable(),
});
export type Reproduction = z.infer<typeof reproductionSchema>;
