import { auroc } from './auroc.js';
import { kappa } from './cohens-kappa.js';
import type { CountMetric, Metric } from './metric.js';
import { accuracy, balancedAccuracy, f1, sensitivity, specificity } from './rates.js';

/** Every metric of a score, in the order in which they are shown: that of `metricNames`. */
export const metrics: readonly Metric[] = [kappa, accuracy, balancedAccuracy, sensitivity, specificity, f1, auroc];

/** Those that follow from counts alone. */
export const countMetrics: readonly CountMetric[] = [kappa, accuracy, balancedAccuracy, sensitivity, specificity, f1];
