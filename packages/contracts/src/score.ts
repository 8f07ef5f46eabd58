import { z } from 'zod';

/** The metrics of a score, in the order in which they are shown. */
export const metricNames = [
  'kappa',
  'accuracy',
  'balancedAccuracy',
  'sensitivity',
  'specificity',
  'f1',
  'auroc',
] as const;
export const metricNameSchema = z.enum(metricNames);
export type MetricName = z.infer<typeof metricNameSchema>;

/** A metric's value, or null with the reason why it has none. Never NaN. */
export const metricValueSchema = z.union([
  z.strictObject({ value: z.number() }),
  z.strictObject({ value: z.null(), reason: z.string() }),
]);
export type MetricValue = z.infer<typeof metricValueSchema>;

/** Counts of studies; *positive* is abnormal. */
export const confusionCountsSchema = z.strictObject({
  truePositive: z.number().int().min(0),
  falsePositive: z.number().int().min(0),
  trueNegative: z.number().int().min(0),
  falseNegative: z.number().int().min(0),
});
export type ConfusionCounts = z.infer<typeof confusionCountsSchema>;

/** The metrics of one group of studies. */
export const metricTableSchema = z.strictObject({
  studies: z.number().int().min(0),
  counts: confusionCountsSchema,
  kappa: metricValueSchema,
  accuracy: metricValueSchema,
  balancedAccuracy: metricValueSchema,
  sensitivity: metricValueSchema,
  specificity: metricValueSchema,
  f1: metricValueSchema,
  auroc: metricValueSchema,
});
export type MetricTable = z.infer<typeof metricTableSchema>;

/** The score of one evaluation: overall and for each study type. */
export const scoreSchema = z.strictObject({
  studies: z.number().int().min(0),
  overall: metricTableSchema,
  byStudyType: z.record(z.string(), metricTableSchema),
});
export type Score = z.infer<typeof scoreSchema>;
