import type { Team } from '@holdout/contracts';
import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { meQuery } from '../../api/me.js';
import { apiPath, bySchema, request } from '../../api/request.js';

const checkTeam = bySchema(({ teamSchema }) => teamSchema);

/** A team, as its members see it. */
export function teamQuery(id: string) {
  return queryOptions({
    queryKey: ['teams', id],
    queryFn: ({ signal }) => request(apiPath('teams', id), checkTeam, { signal }),
  });
}

/** Invitations to the reader. */
export const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  queryFn: async ({ signal }) => {
    const check = bySchema(({ invitationListSchema }) => invitationListSchema);
    return (await request(apiPath('invitations'), check, { signal })).invitations;
  },
});

export async function makeTeam(name: string): Promise<Team> {
  return await request(apiPath('teams'), checkTeam, { method: 'POST', body: { name } });
}

export async function acceptInvitation(id: string, secret: string | undefined): Promise<Team> {
  const body = secret === undefined ? {} : { secret };
  return await request(apiPath('invitations', id, 'accept'), checkTeam, { method: 'POST', body });
}

/** Everything that a change of teams may show in: who the reader is, teams, invitations, quotas. */
export function useTeamsChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    const keys = [meQuery.queryKey, ['teams'], invitationsQuery.queryKey, ['quota']] as const;
    await Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
}
