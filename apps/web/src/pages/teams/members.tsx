import type { Team, TeamRole } from '@holdout/contracts';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ConfirmButton } from '../../accounts/confirm-button.js';
import { Refusal } from '../../accounts/refusal.js';
import type { Person } from '../../accounts/signed-in.js';
import { apiPath, nothing, request } from '../../api/request.js';
import { useFormat } from '../../format/use-format.js';
import { Row, Rows } from '../../parts/rows.js';
import { SectionCard } from '../../parts/section-card.js';
import { useTeamsChanged } from './teams.js';

interface MembersProps {
  readonly team: Team;
  readonly person: Person;
  readonly isOwner: boolean;
}

/** An owner makes others owners, and takes members out. */
export function Members({ team, person, isOwner }: MembersProps) {
  const { t } = useTranslation('teams');
  const { date } = useFormat();
  const changed = useTeamsChanged();
  const { mutate, error } = useMutation({
    mutationFn: async ({ id, role }: { id: string; role: TeamRole }) => {
      await request(apiPath('teams', team.id, 'members', id), nothing, { method: 'PATCH', body: { role } });
      await changed();
    },
  });
  const remove = async (id: string): Promise<void> => {
    await request(apiPath('teams', team.id, 'members', id), nothing, { method: 'DELETE' });
    await changed();
  };
  return (
    <SectionCard title={t('members')}>
      {error && <Refusal error={error} />}
      <Rows label={t('members')}>
        {team.members.map(({ id, name, email, role, joinedAt }) => {
          const isSelf = id === person.user.id;
          const otherRole = role === 'owner' ? 'member' : 'owner';
          return (
            <Row
              key={id}
              title={<strong>{isSelf ? t('you', { name }) : name}</strong>}
              facts={[t(`role_${role}`), email, t('since', { time: date(joinedAt) })]}
            >
              {isOwner && (
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`${t(`make_${otherRole}`)}: ${name}`}
                  onClick={() => mutate({ id, role: otherRole })}
                >
                  {t(`make_${otherRole}`)}
                </Button>
              )}
              {isOwner && !isSelf && (
                <ConfirmButton
                  action={t('remove')}
                  of={name}
                  question={t('removeQuestion', { name })}
                  onConfirm={() => remove(id)}
                >
                  {t('removeNote', { name })}
                </ConfirmButton>
              )}
            </Row>
          );
        })}
      </Rows>
    </SectionCard>
  );
}
