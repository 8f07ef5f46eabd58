import type { Competition } from '@holdout/contracts';
import { queryOptions } from '@tanstack/react-query';
import { byShape } from './check-shape.js';
import { queryClient } from './query-client.js';
import { apiPath, request } from './request.js';

const checkList = byShape<{ competitions: Competition[] }>('list of competitions', { competitions: 'array' });

/** Every competition with its phases. */
export const competitionsQuery = queryOptions({
  queryKey: ['competitions'],
  queryFn: async ({ signal }) => (await request(apiPath('competitions'), checkList, { signal })).competitions,
  // A server that is new fills up while it is watched.
  refetchInterval: ({ state }) => (state.data?.length === 0 ? 2000 : false),
});

/** One of them. */
export function competitionQuery(slug: string) {
  const check = byShape<Competition>('competition', { competition: 'string', title: 'string', phases: 'array' });
  const isMeant = ({ competition }: Competition) => competition === slug;
  return queryOptions({
    queryKey: ['competitions', slug],
    queryFn: ({ signal }) => request(apiPath('competitions', slug), check, { signal }),
    // Whoever comes from the list knows it already.
    initialData: () => queryClient.getQueryData(competitionsQuery.queryKey)?.find(isMeant),
    initialDataUpdatedAt: () => queryClient.getQueryState(competitionsQuery.queryKey)?.dataUpdatedAt,
  });
}
