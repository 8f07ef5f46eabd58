import type { Team } from '@holdout/contracts';
import { Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ConfirmButton } from '../../accounts/confirm-button.js';
import type { Person } from '../../accounts/signed-in.js';
import { apiPath, nothing, request } from '../../api/request.js';
import { SectionCard } from '../../parts/section-card.js';
import { useTeamsChanged } from './teams.js';

interface LeaveTeamProps {
  readonly team: Team;
  readonly person: Person;
}

/** What the reader submitted with the team stays the team's. */
export function LeaveTeam({ team, person }: LeaveTeamProps) {
  const { t } = useTranslation('teams');
  const navigate = useNavigate();
  const changed = useTeamsChanged();
  const leave = async (): Promise<void> => {
    await request(apiPath('teams', team.id, 'members', person.user.id), nothing, { method: 'DELETE' });
    await navigate({ to: '/teams' });
    await changed();
  };
  return (
    <SectionCard title={t('leave')}>
      <Text size="sm">{t('leaveNote')}</Text>
      <div>
        <ConfirmButton action={t('leave')} question={t('leaveQuestion', { team: team.name })} onConfirm={leave}>
          {t('leaveNote')}
        </ConfirmButton>
      </div>
    </SectionCard>
  );
}
