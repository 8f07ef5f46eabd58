import { compareWithLeader, makeResamples, rankIntervals, resampleEntries } from '@holdout/scoring';
import { createRandom } from '../densenet/random.js';
import type { Row } from '../measurement.js';
import { makeStudies, predictStudy, time } from './scoring.js';

/**
 * The rank intervals of a board of 500 entries on 207 studies, by 2,000 resamples, from the predictions on; and the
 * comparison of all of them with the leader, from their resampled kappas on.
 */
export const measureRanks: Row = async ({ rounds, say }) => {
  const random = createRandom(8);
  const gold = makeStudies(207, random);
  const predictions = Array.from({ length: 500 }, () => gold.map((study) => predictStudy(study, random)));
  const rankMs: number[] = [];
  const leaderMs: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const resample = () => resampleEntries(makeResamples(gold), predictions);
    rankMs.push(time(() => rankIntervals(resample())));
    const entries = resample();
    leaderMs.push(time(() => compareWithLeader(entries)));
  }
  say('ranks of 500 entries');
  // The first round runs before the code is compiled to machine code.
  const [firstRankMs = 0, ...ranks] = rankMs;
  const [firstLeaderMs = 0, ...comparisons] = leaderMs;
  const aim = { of: 'median', comparison: 'below', value: 5000 } as const;
  return [
    {
      what: 'rank intervals of 500 entries, 2,000 resamples',
      unit: 'ms',
      samples: ranks,
      aim,
      facts: { studies: 207, firstMs: firstRankMs },
    },
    {
      what: '… and their comparison with the leader',
      unit: 'ms',
      samples: comparisons,
      facts: { firstMs: firstLeaderMs },
    },
  ];
};
