import type { Team } from '@holdout/contracts';
import { NativeSelect, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmButton } from '../../accounts/confirm-button.js';
import type { Person } from '../../accounts/signed-in.js';
import { apiPath, bySchema, request } from '../../api/request.js';
import { SectionCard } from '../../parts/section-card.js';
import { MergeOffers } from './merge-offers.js';
import { useTeamsChanged } from './teams.js';

interface MergeTeamProps {
  readonly team: Team;
  readonly person: Person;
}

const elsewhere = 'elsewhere';

/** Into another team of the reader's at once; into one that somebody else owns it is offered. */
export function MergeTeam({ team, person }: MergeTeamProps) {
  const { t } = useTranslation('teams');
  const navigate = useNavigate();
  const changed = useTeamsChanged();
  const others = person.teams.filter(({ id, role }) => id !== team.id && role === 'owner');
  const [chosen, setChosen] = useState(others[0]?.id ?? elsewhere);
  const [typed, setTyped] = useState('');
  const own = others.find(({ id }) => id === chosen);
  const intoId = own?.id ?? typed.trim();
  const into = own?.name ?? t('theOtherTeam');
  const merge = async (): Promise<void> => {
    const check = bySchema(({ mergedTeamSchema }) => mergedTeamSchema);
    const path = apiPath('teams', team.id, 'merge');
    const { merged } = await request(path, check, { method: 'POST', body: { into: intoId } });
    if (merged) await navigate({ to: '/teams/$team', params: { team: intoId } });
    await changed();
  };
  return (
    <SectionCard title={t('merge')}>
      <Text size="sm">{t('mergeIntro')}</Text>
      <MergeOffers team={team} />
      {others.length > 0 && (
        <NativeSelect
          label={t('mergeInto')}
          value={chosen}
          onChange={({ currentTarget: { value } }) => setChosen(value)}
          data={[
            ...others.map(({ id, name }) => ({ value: id, label: name })),
            { value: elsewhere, label: t('someoneElses') },
          ]}
        />
      )}
      {!own && (
        <TextInput
          label={t('otherId')}
          description={t('otherIdNote', { id: team.id })}
          value={typed}
          onChange={({ currentTarget: { value } }) => setTyped(value)}
          autoComplete="off"
          spellCheck={false}
          maxLength={60}
        />
      )}
      {intoId !== '' && (
        <div>
          <ConfirmButton
            action={own ? t('merge') : t('offerMerge')}
            question={t('mergeQuestion', { from: team.name, into })}
            onConfirm={merge}
          >
            {own ? t('mergeNote', { from: team.name, into }) : t('offerNote', { from: team.name })}
          </ConfirmButton>
        </div>
      )}
    </SectionCard>
  );
}
