import { z } from 'zod';

/** How the bounds of an interval were found. */
export const intervalMethods = ['fleiss-cohen-everitt', 'wilson', 'delong', 'bootstrap'] as const;
export const intervalMethodSchema = z.enum(intervalMethods);
export type IntervalMethod = z.infer<typeof intervalMethodSchema>;

/** The bounds within which a metric is thought to lie, or null with the reason why nothing can be said. Never NaN. */
export const metricIntervalSchema = z.union([
  z.strictObject({ method: intervalMethodSchema, lower: z.number(), upper: z.number() }),
  z.strictObject({ method: intervalMethodSchema, lower: z.null(), upper: z.null(), reason: z.string() }),
]);
export type MetricInterval = z.infer<typeof metricIntervalSchema>;

/** The interval by resampling, and that by a formula where the metric has one. */
export const metricIntervalsSchema = z.strictObject({
  analytic: metricIntervalSchema.optional(),
  bootstrap: metricIntervalSchema,
});
export type MetricIntervals = z.infer<typeof metricIntervalsSchema>;

const resampleCountSchema = z.number().int().min(0);

/** How often each metric was undefined in a resample. Such resamples are left out of its interval. */
export const degenerateCountsSchema = z.strictObject({
  kappa: resampleCountSchema,
  accuracy: resampleCountSchema,
  balancedAccuracy: resampleCountSchema,
  sensitivity: resampleCountSchema,
  specificity: resampleCountSchema,
  f1: resampleCountSchema,
  auroc: resampleCountSchema,
});
export type DegenerateCounts = z.infer<typeof degenerateCountsSchema>;

/** The intervals of one group of studies. */
export const groupIntervalsSchema = z.strictObject({
  studies: z.number().int().min(0),
  /** Patients of each study type, summed over the types: what is drawn in a resample. */
  patients: z.number().int().min(0),
  degenerate: degenerateCountsSchema,
  kappa: metricIntervalsSchema,
  accuracy: metricIntervalsSchema,
  balancedAccuracy: metricIntervalsSchema,
  sensitivity: metricIntervalsSchema,
  specificity: metricIntervalsSchema,
  f1: metricIntervalsSchema,
  auroc: metricIntervalsSchema,
});
export type GroupIntervals = z.infer<typeof groupIntervalsSchema>;

/** The intervals of one score: overall and for each study type. */
export const scoreIntervalsSchema = z.strictObject({
  /** The share of such intervals that hold the true value, such as 0.95. */
  level: z.number().gt(0).lt(1),
  resamples: z.number().int().min(1),
  /** The same seed, resamples and studies give the same bounds. */
  seed: z.number().int().min(0),
  overall: groupIntervalsSchema,
  byStudyType: z.record(z.string(), groupIntervalsSchema),
});
export type ScoreIntervals = z.infer<typeof scoreIntervalsSchema>;
