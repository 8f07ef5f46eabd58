import { infiniteQueryOptions } from '@tanstack/react-query';
import { apiPath, bySchema, request } from '../../../api/request.js';
import { type SubmissionSearch, toQuery } from './submission-search.js';

const check = bySchema(({ filteredSubmissionsSchema }) => filteredSubmissionsSchema);
const watchMilliseconds = 3000;

/** The submissions that a filter lets through, a page at a time; looked at again while some are under way. */
export function submissionsQuery(competition: string, search: SubmissionSearch) {
  return infiniteQueryOptions({
    queryKey: ['organise', competition, 'submissions', search],
    queryFn: ({ pageParam, signal }) => {
      const query = toQuery(search);
      if (pageParam !== null) query.set('before', pageParam);
      return request(`${apiPath('competitions', competition, 'submissions')}?${query}`, check, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state: { data } }) => {
      const waits = data?.pages.some(({ submissions }) => submissions.some(({ state }) => underWay.has(state)));
      return waits ? watchMilliseconds : false;
    },
  });
}

const underWay = new Set(['queued', 'checking', 'running', 'scoring']);

/** Whether a submission has not ended yet. */
export function isUnderWay(state: string): boolean {
  return underWay.has(state);
}
