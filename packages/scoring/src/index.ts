export { cohensKappa } from './cohens-kappa.js';
export type { GoldStudy, PredictedStudy } from './match-predictions.js';
export type { Metric } from './metric.js';
export { metrics } from './metrics.js';
export { type RankedEntry, type RankingFields, rankEntries } from './rank-entries.js';
export { scoreCounts, scorePredictions, scorerVersion } from './score-predictions.js';
