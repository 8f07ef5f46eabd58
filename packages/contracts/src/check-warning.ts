import { z } from 'zod';
import { sentenceSchema } from './sentences.js';

/**
 * What looks wrong on the public sample though the bundle runs: a kappa below zero, one class for every study, one
 * probability for every study, a study without a prediction, a probability that differs between two runs of one image.
 */
export const checkWarningCodes = [
  'kappa_below_zero',
  'one_class',
  'constant_probability',
  'study_without_prediction',
  'not_repeatable',
] as const;

export const checkWarningSchema = z.object({
  code: z.enum(checkWarningCodes),
  /** What was seen and what it may mean, in sentences for the team. */
  message: z.string(),
  /** The same, for who writes it in another language; an earlier version did not keep it. */
  sentence: sentenceSchema.optional(),
});
export type CheckWarning = z.infer<typeof checkWarningSchema>;
