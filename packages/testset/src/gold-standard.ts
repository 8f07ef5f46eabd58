import { HoldoutError } from '@holdout/contracts';

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
    const detail = `Found ${voters.length} voting readers; a majority needs an odd number.`;
    throw new HoldoutError('test_set_invalid', { detail });
  }
  const studies = new Set(voters.flatMap(({ labels }) => [...labels.keys()]));
  const gold = new Map<string, Label>();
  for (const study of studies) {
    let abnormal = 0;
    for (const { reader, labels } of voters) {
      const label = labels.get(study);
      if (label === undefined) {
        const detail = `Reader “${reader}” has no label for ${study}; each voter must read every study.`;
        throw new HoldoutError('test_set_invalid', { detail });
      }
      abnormal += label;
    }
    gold.set(study, abnormal * 2 > voters.length ? 1 : 0);
  }
  return gold;
}
