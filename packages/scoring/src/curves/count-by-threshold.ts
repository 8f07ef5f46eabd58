/** A study's label in the gold standard, and the probability of *abnormal* that it was given. */
export interface RatedStudy {
  readonly label: 0 | 1;
  readonly probability: number;
}

/** What is called abnormal where at least this probability is. */
export interface ThresholdStep {
  readonly threshold: number;
  readonly truePositive: number;
  readonly falsePositive: number;
}

/** The counts at each probability that occurs, from the greatest down: the last step calls every study abnormal. */
export function countByThreshold(rated: readonly RatedStudy[]): ThresholdStep[] {
  const sorted = [...rated].sort((a, b) => b.probability - a.probability);
  const steps: ThresholdStep[] = [];
  let [truePositive, falsePositive] = [0, 0];
  for (const [place, { label, probability }] of sorted.entries()) {
    if (label === 1) truePositive++;
    else falsePositive++;
    // Equal probabilities cannot be told apart by any threshold.
    if (sorted[place + 1]?.probability !== probability) {
      steps.push({ threshold: probability, truePositive, falsePositive });
    }
  }
  return steps;
}
