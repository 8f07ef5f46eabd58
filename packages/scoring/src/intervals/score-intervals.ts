import {
  type GroupIntervals,
  type IntervalMethod,
  type MetricInterval,
  type MetricIntervals,
  type MetricName,
  type MetricTable,
  metricNames,
  type ScoreIntervals,
} from '@holdout/contracts';
import { type GoldStudy, matchPredictions, type PredictedStudy } from '../match-predictions.js';
import { makeResamples, type ResampleOptions, type SampledStudy } from '../resampling/make-resamples.js';
import { type PredictedStudies, type ResampledMetrics, resampleMetrics } from '../resampling/resample-metrics.js';
import { scorePredictions } from '../score-predictions.js';
import { computeAnalyticIntervals } from './analytic-intervals.js';
import { defaultLevel, type Interval, unknownBecause } from './interval.js';
import { percentileInterval } from './percentile-interval.js';

export interface IntervalOptions extends ResampleOptions {
  /** The share of such intervals that hold the true value; 0.95 where left out. */
  readonly level?: number;
}

/**
 * The intervals of every metric of `scorePredictions`, overall and for each study type: by the bootstrap that
 * `makeResamples` describes, and by a formula where there is one. Neither the order of the studies nor that of the
 * predictions matters. The time grows with studies × resamples (bench/ tells how long 2,000 take), the memory with either.
 *
 * @throws HoldoutError as `scorePredictions` does; RangeError for options out of range
 */
export function scoreIntervals(
  gold: readonly (GoldStudy & SampledStudy)[],
  predictions: readonly PredictedStudy[],
  { level = defaultLevel, ...options }: IntervalOptions = {},
): ScoreIntervals {
  const score = scorePredictions(gold, predictions);
  const { labels, probabilities } = matchPredictions(gold, predictions);
  const resamples = makeResamples(gold, options);
  const isAbnormal = Uint8Array.from(gold, ({ label }) => label);
  const studies = { isAbnormal, calledAbnormal: labels, probabilities, clusterOf: resamples.clusterOf };

  const types = Object.keys(score.byStudyType);
  const groups = [Uint32Array.from(gold.keys()), ...listPlaces(gold, types)];
  const tables = [score.overall, ...types.map((type) => score.byStudyType[type] as MetricTable)];
  const [overall, ...ofTypes] = resampleMetrics(groups, studies, resamples).map((resampled, group) =>
    describeGroup(tables[group] as MetricTable, groups[group] as Uint32Array, studies, resampled, level),
  );
  return {
    level,
    resamples: resamples.resamples,
    seed: resamples.seed,
    overall: overall as GroupIntervals,
    byStudyType: Object.fromEntries(types.map((type, place) => [type, ofTypes[place] as GroupIntervals])),
  };
}

/** For each type, the places of its studies. */
function listPlaces(gold: readonly GoldStudy[], types: readonly string[]): Uint32Array[] {
  const places = new Map(types.map((type) => [type, [] as number[]]));
  for (const [place, { studyType }] of gold.entries()) places.get(studyType)?.push(place);
  return [...places.values()].map((ofType) => Uint32Array.from(ofType));
}

function describeGroup(
  table: MetricTable,
  places: Uint32Array,
  { isAbnormal, probabilities, clusterOf }: PredictedStudies,
  resampled: ResampledMetrics,
  level: number,
): GroupIntervals {
  const probabilitiesOf = (label: 0 | 1) =>
    Array.from(
      places.filter((place) => isAbnormal[place] === label),
      (place) => probabilities[place] ?? Number.NaN,
    );
  const analytic = computeAnalyticIntervals(table, probabilitiesOf(1), probabilitiesOf(0), level);
  const degenerate: Partial<Record<MetricName, number>> = {};
  const intervals: Partial<Record<MetricName, MetricIntervals>> = {};
  for (const name of metricNames) {
    const metric = table[name];
    const bootstrap = percentileInterval(resampled[name], level);
    degenerate[name] = bootstrap.degenerate;
    const formula = analytic[name];
    intervals[name] = {
      ...(formula ? { analytic: present(formula.method, formula.interval) } : {}),
      bootstrap: present('bootstrap', metric.value === null ? unknownBecause(metric.reason) : bootstrap.interval),
    };
  }
  return {
    studies: places.length,
    patients: new Set(places.map((place) => clusterOf[place] ?? 0)).size,
    degenerate: degenerate as GroupIntervals['degenerate'],
    ...(intervals as Record<MetricName, MetricIntervals>),
  };
}

function present(method: IntervalMethod, interval: Interval): MetricInterval {
  if (interval.lower === null) return { method, lower: null, upper: null, reason: interval.reason };
  return { method, lower: interval.lower, upper: interval.upper };
}
