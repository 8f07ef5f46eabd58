import { HoldoutError, makeSentence } from '@holdout/contracts';

/** 0 is normal, 1 is abnormal. */
export type Label = 0 | 1;

/** What one reader said of each study, by the study's path. */
export interface ReaderLabels {
  readonly reader: string;
  readonly labels: ReadonlyMap<string, Label>;
}

/**
 * The gold standard: what the majority of the voting readers said of each study.
 *
 * @throws HoldoutError `test_set_invalid` where the number of voters is even (a tie could not be decided), or where
 *   a voter did not read a study that another one read.
 */
export function majorityLabels(voters: readonly ReaderLabels[]): Map<string, Label> {
  if (voters.length % 2 === 0) {
    const words = makeSentence('voters_even', { count: voters.length });
    throw new HoldoutError('test_set_invalid', { sentences: [words] });
  }
  const studies = new Set(voters.flatMap(({ labels }) => [...labels.keys()]));
  const gold = new Map<string, Label>();
  for (const study of studies) {
    let abnormal = 0;
    for (const { reader, labels } of voters) {
      const label = labels.get(study);
      if (label === undefined) {
        const words = makeSentence('voter_without_label', { reader, study });
        throw new HoldoutError('test_set_invalid', { sentences: [words] });
      }
      abnormal += label;
    }
    gold.set(study, abnormal * 2 > voters.length ? 1 : 0);
  }
  return gold;
}
