import { queryOptions } from '@tanstack/react-query';
import { byShape } from '../../../api/check-shape.js';
import { apiPath, request } from '../../../api/request.js';
import type { CompetitionDraft } from './competition-draft.js';

const check = byShape<CompetitionDraft>('competition’s file', {
  competition: 'string',
  title: 'string',
  phases: 'array',
});

/** A competition's file. It is not read anew while it is being changed. */
export function competitionFileQuery(competition: string) {
  return queryOptions({
    queryKey: ['organise', competition, 'file'],
    queryFn: ({ signal }) => request(apiPath('competitions', competition, 'file'), check, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}
