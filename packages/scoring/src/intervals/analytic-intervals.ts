import type { MetricName, MetricTable } from '@holdout/contracts';
import { delongInterval } from './delong-interval.js';
import { type Interval, unknownBecause } from './interval.js';
import { kappaInterval } from './kappa-interval.js';
import { wilsonInterval } from './wilson-interval.js';

export interface AnalyticInterval {
  readonly method: 'fleiss-cohen-everitt' | 'wilson' | 'delong';
  readonly interval: Interval;
}

/**
 * The intervals of those metrics that have a formula; balanced accuracy and F1 have none that is in common use.
 * A metric that is undefined hands on its reason. The formulas take every study for one of its own.
 *
 * @param ofAbnormal the probabilities that the abnormal studies were given; looked at only where AUROC has a value
 * @param ofNormal those of the normal studies
 */
export function computeAnalyticIntervals(
  table: MetricTable,
  ofAbnormal: readonly number[],
  ofNormal: readonly number[],
  level: number,
): Partial<Record<MetricName, AnalyticInterval>> {
  const { truePositive, falsePositive, trueNegative, falseNegative } = table.counts;
  const unlessUndefined = (name: MetricName, compute: () => Interval): Interval => {
    const metric = table[name];
    return metric.value === null ? unknownBecause(metric.reason) : compute();
  };
  const wilson = (name: MetricName, right: number, of: number): AnalyticInterval => ({
    method: 'wilson',
    interval: unlessUndefined(name, () => wilsonInterval(right, of, level)),
  });
  return {
    kappa: { method: 'fleiss-cohen-everitt', interval: kappaInterval(table.counts, level) },
    accuracy: wilson('accuracy', truePositive + trueNegative, table.studies),
    sensitivity: wilson('sensitivity', truePositive, truePositive + falseNegative),
    specificity: wilson('specificity', trueNegative, trueNegative + falsePositive),
    auroc: { method: 'delong', interval: unlessUndefined('auroc', () => delongInterval(ofAbnormal, ofNormal, level)) },
  };
}
