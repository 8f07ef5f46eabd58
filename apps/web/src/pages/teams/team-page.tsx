import { Anchor, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type Person, SignedIn } from '../../accounts/signed-in.js';
import card from '../../parts/card.module.css';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { PageHeading } from '../../parts/page-heading.js';
import { useTitle } from '../../parts/use-title.js';
import { Invite } from './invite.js';
import { LeaveTeam } from './leave-team.js';
import { Members } from './members.js';
import { MergeTeam } from './merge-team.js';
import { TeamCompetitions } from './team-competitions.js';
import { teamQuery } from './teams.js';

const route = getRouteApi('/teams/$team');

/** Who is in a team, where it takes part, and what it has used of its quotas. */
export function Page() {
  return <SignedIn>{(person) => <Team person={person} />}</SignedIn>;
}

function Team({ person }: { readonly person: Person }) {
  const { t } = useTranslation('teams');
  const { team: id } = route.useParams();
  const { data: team, error, refetch } = useQuery(teamQuery(id));
  useTitle(team?.name);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!team) return <Loading lines={8} />;
  const isOwner = team.members.some((member) => member.id === person.user.id && member.role === 'owner');
  return (
    <Stack className={card.wide} gap="lg">
      <div>
        <Anchor size="sm" renderRoot={(props) => <Link to="/teams" {...props} />}>
          {t('toTeams')}
        </Anchor>
        <PageHeading>{team.name}</PageHeading>
      </div>
      <TeamCompetitions team={team} person={person} />
      <Members team={team} person={person} isOwner={isOwner} />
      {isOwner && <Invite team={team} />}
      {isOwner && <MergeTeam team={team} person={person} />}
      <LeaveTeam team={team} person={person} />
    </Stack>
  );
}
