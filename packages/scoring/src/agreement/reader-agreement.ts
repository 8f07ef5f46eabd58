import type { ConfusionCounts, PairAgreement } from '@holdout/contracts';
import { cohensKappa } from '../cohens-kappa.js';
import { kappaInterval } from '../intervals/kappa-interval.js';

/** What a reader said of the studies that they read; 1 is abnormal. */
export interface Reader {
  readonly reader: string;
  readonly labels: ReadonlyMap<string, 0 | 1>;
}

/**
 * How well each two of some readers agree: Cohen's kappa on the studies that both have read, with its large-sample
 * interval (Fleiss, Cohen and Everitt, 1969). Kappa does not ask who of the two is right.
 *
 * @returns each pair once, in the order of the readers
 */
export function agreeInPairs(readers: readonly Reader[]): PairAgreement[] {
  return readers.flatMap((first, place) => readers.slice(place + 1).map((second) => agree(first, second)));
}

function agree(first: Reader, second: Reader): PairAgreement {
  const counts = countTogether(first.labels, second.labels);
  const { truePositive, falsePositive, trueNegative, falseNegative } = counts;
  const agreed = truePositive + trueNegative;
  const { lower, upper } = kappaInterval(counts);
  return {
    first: first.reader,
    second: second.reader,
    studies: agreed + falsePositive + falseNegative,
    agreed,
    kappa: cohensKappa(counts),
    interval: lower === null || upper === null ? null : { lower, upper },
  };
}

/** The table of two readers, with the first in the place of the gold standard. */
function countTogether(first: Reader['labels'], second: Reader['labels']): ConfusionCounts {
  const counts = { truePositive: 0, falsePositive: 0, trueNegative: 0, falseNegative: 0 };
  for (const [study, label] of first) {
    const other = second.get(study);
    if (other === undefined) continue;
    if (label === 1) counts[other === 1 ? 'truePositive' : 'falseNegative'] += 1;
    else counts[other === 1 ? 'falsePositive' : 'trueNegative'] += 1;
  }
  return counts;
}
