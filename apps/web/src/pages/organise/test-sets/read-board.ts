import type { Leaderboard } from '@holdout/contracts';
import { queryOptions } from '@tanstack/react-query';
import { byShape } from '../../../api/check-shape.js';
import { apiPath, request } from '../../../api/request.js';
import type { PhaseAddress } from './read-test-set.js';

const check = byShape<Leaderboard>('leaderboard', { entries: 'array', total: 'number' });

/** The first thousand entries of a phase's board on a version of its test set. */
export function boardQuery({ competition, phase }: PhaseAddress, version: string) {
  const path = apiPath('competitions', competition, 'phases', phase, 'leaderboard');
  return queryOptions({
    queryKey: ['organise', competition, 'board', phase, version],
    queryFn: ({ signal }) => request(`${path}?version=${version}`, check, { signal }),
    staleTime: 0,
  });
}
