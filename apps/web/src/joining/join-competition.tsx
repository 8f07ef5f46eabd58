import type { Competition } from '@holdout/contracts';
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { meQuery } from '../api/me.js';
import { Failure } from '../parts/failure.js';
import { Loading } from '../parts/loading.js';
import { AcceptRules } from './accept-rules.js';
import { TakesPart } from './takes-part.js';

interface JoinCompetitionProps {
  readonly competition: Competition;
  /** Whether the rules stand here too; not where they are on the page already. */
  readonly showsRules?: boolean;
}

/**
 * How the reader comes to take part in a competition: they sign in, accept the present rules, and choose a team. What
 * they have done already is said, and what is next.
 */
export function JoinCompetition({ competition, showsRules = true }: JoinCompetitionProps) {
  const { t } = useTranslation('joining');
  const here = useRouterState({ select: ({ location }) => location.href });
  const { data: me, error, refetch } = useQuery(meQuery);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!me) return <Loading lines={3} />;
  if (!me.user) {
    return (
      <Stack gap="xs">
        <Text>{t('signInFirst')}</Text>
        <Text>
          <Link to="/sign-up" search={{ next: here }}>
            {t('signUp')}
          </Link>
          {' · '}
          <Link to="/sign-in" search={{ next: here }}>
            {t('signIn')}
          </Link>
        </Text>
      </Stack>
    );
  }
  const participation = me.competitions.find((each) => each.competition === competition.competition);
  if (participation?.rulesVersion === competition.rulesVersion) {
    return <TakesPart competition={competition.competition} team={participation.team} />;
  }
  if (!participation && me.organises.includes(competition.competition)) return <Text>{t('youOrganise')}</Text>;
  const owned = me.teams.filter(({ role }) => role === 'owner');
  if (!participation) return <AcceptRules competition={competition} teams={owned} showsRules={showsRules} />;
  const team = owned.find(({ id }) => id === participation.team.id);
  if (!team) return <Text>{t('ownerAccepts', { team: participation.team.name })}</Text>;
  return (
    <Stack gap="sm">
      <Text>{t('rulesChanged', { team: team.name, from: participation.rulesVersion })}</Text>
      <AcceptRules competition={competition} teams={[team]} showsRules={showsRules} keepsTeam />
    </Stack>
  );
}
