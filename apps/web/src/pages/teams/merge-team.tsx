import type { Team } from '@holdout/contracts';
import { NativeSelect, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmButton } from '../../accounts/confirm-button.js';
import type { Person } from '../../accounts/signed-in.js';
import { apiPath, nothing, request } from '../../api/request.js';
import { SectionCard } from '../../parts/section-card.js';
import { useTeamsChanged } from './teams.js';

interface MergeTeamProps {
  readonly team: Team;
  readonly person: Person;
}

/** Into another team that the reader owns; nothing where there is none. */
export function MergeTeam({ team, person }: MergeTeamProps) {
  const { t } = useTranslation('teams');
  const navigate = useNavigate();
  const changed = useTeamsChanged();
  const others = person.teams.filter(({ id, role }) => id !== team.id && role === 'owner');
  const [chosen, setChosen] = useState<string>();
  const into = others.find(({ id }) => id === chosen) ?? others[0];
  if (!into) return null;
  const merge = async (): Promise<void> => {
    await request(apiPath('teams', team.id, 'merge'), nothing, { method: 'POST', body: { into: into.id } });
    await navigate({ to: '/teams/$team', params: { team: into.id } });
    await changed();
  };
  return (
    <SectionCard title={t('merge')}>
      <Text size="sm">{t('mergeIntro')}</Text>
      <NativeSelect
        label={t('mergeInto')}
        value={into.id}
        onChange={({ currentTarget: { value } }) => setChosen(value)}
        data={others.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <div>
        <ConfirmButton
          action={t('merge')}
          question={t('mergeQuestion', { from: team.name, into: into.name })}
          onConfirm={merge}
        >
          {t('mergeNote', { from: team.name, into: into.name })}
        </ConfirmButton>
      </div>
    </SectionCard>
  );
}
