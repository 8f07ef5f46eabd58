import { Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Refusal } from '../../accounts/refusal.js';
import { useFormat } from '../../format/use-format.js';
import { Row, Rows } from '../../parts/rows.js';
import { SectionCard } from '../../parts/section-card.js';
import { AnswerInvitation } from './answer-invitation.js';
import { invitationsQuery } from './teams.js';

/** Invitations to the reader's own address; nothing where there is none. */
export function ReceivedInvitations() {
  const { t } = useTranslation('teams');
  const { date } = useFormat();
  const { data: invitations = [], error } = useQuery(invitationsQuery);
  if (error) return <Refusal error={error} />;
  if (invitations.length === 0) return null;
  return (
    <SectionCard title={t('invitations')}>
      <Rows label={t('invitations')}>
        {invitations.map(({ id, team, invitedBy, expiresAt }) => (
          <Row
            key={id}
            title={<strong>{team.name}</strong>}
            facts={[t('invitedBy', { name: invitedBy }), t('openUntil', { time: date(expiresAt) })]}
          >
            <Group>
              <AnswerInvitation id={id} secret={undefined} />
            </Group>
          </Row>
        ))}
      </Rows>
    </SectionCard>
  );
}
