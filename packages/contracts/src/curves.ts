import { z } from 'zod';

const fractionSchema = z.number().min(0).max(1);

/** What is called abnormal where at least this probability is; null: nothing is. */
const thresholdSchema = fractionSchema.nullable();

export const rocPointSchema = z.strictObject({
  threshold: thresholdSchema,
  sensitivity: fractionSchema,
  /** 1 − specificity. */
  falsePositiveRate: fractionSchema,
});
export type RocPoint = z.infer<typeof rocPointSchema>;

export const precisionRecallPointSchema = z.strictObject({
  threshold: fractionSchema,
  /** The share of the abnormal studies that are called so: sensitivity. */
  recall: fractionSchema,
  /** The share of what is called abnormal that is so. */
  precision: fractionSchema,
});
export type PrecisionRecallPoint = z.infer<typeof precisionRecallPointSchema>;

/** The studies whose probability is from `from` to below `to`, or to 1 in the last one. */
export const calibrationBinSchema = z.strictObject({
  from: fractionSchema,
  to: fractionSchema,
  studies: z.number().int().positive(),
  meanProbability: fractionSchema,
  /** The share of them that is abnormal, with its interval of 95 %. */
  abnormal: fractionSchema,
  lower: fractionSchema,
  upper: fractionSchema,
});
export type CalibrationBin = z.infer<typeof calibrationBinSchema>;

/** How probabilities order and measure, over all thresholds. */
export const probabilityCurvesSchema = z.strictObject({
  studies: z.number().int().positive(),
  abnormal: z.number().int().positive(),
  /** From nothing called abnormal to everything; points on a line between two others are left out. */
  roc: z.array(rocPointSchema),
  /** From the greatest probability down. */
  precisionRecall: z.array(precisionRecallPointSchema),
  averagePrecision: fractionSchema,
  /** Ten of equal width; those without a study are left out. */
  calibration: z.array(calibrationBinSchema),
  /** The mean of (probability − label)². */
  brierScore: fractionSchema,
});
export type ProbabilityCurves = z.infer<typeof probabilityCurvesSchema>;

/**
 * What of the curves is told. They give labels away, so that only a phase whose labels are public, and which publishes
 * exact counts, shows any.
 */
export const submissionCurvesSchema = z.object({
  curves: probabilityCurvesSchema.nullable(),
  /** Why there are none: it has no score, the phase hides them, or not every study has a probability, or both classes. */
  absent: z.enum(['not_scored', 'hidden', 'undefined']).nullable(),
  /** The same as a sentence; null where there are curves. */
  message: z.string().nullable(),
});
export type SubmissionCurves = z.infer<typeof submissionCurvesSchema>;
