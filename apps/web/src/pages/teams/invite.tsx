import type { Team } from '@holdout/contracts';
import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ConfirmButton } from '../../accounts/confirm-button.js';
import { Form } from '../../accounts/form.js';
import { OutboxHint } from '../../accounts/outbox-hint.js';
import { apiPath, nothing, request } from '../../api/request.js';
import { useFormat } from '../../format/use-format.js';
import { Row, Rows } from '../../parts/rows.js';
import { SectionCard } from '../../parts/section-card.js';
import { useTeamsChanged } from './teams.js';

/** By address: whether it has an account here is told to nobody. */
export function Invite({ team }: { readonly team: Team }) {
  const { t } = useTranslation('teams');
  const { date } = useFormat();
  const changed = useTeamsChanged();
  const path = apiPath('teams', team.id, 'invitations');
  const invite = async ({ email }: Readonly<Record<string, string>>): Promise<void> => {
    await request(path, nothing, { method: 'POST', body: { email } });
    await changed();
  };
  const withdraw = async (id: string): Promise<void> => {
    await request(`${path}/${encodeURIComponent(id)}`, nothing, { method: 'DELETE' });
    await changed();
  };
  return (
    <SectionCard title={t('invite')}>
      <Form submit={t('sendInvitation')} onSubmit={invite} done={t('invited')} clears>
        <TextInput
          name="email"
          type="email"
          label={t('inviteEmail')}
          description={t('inviteNote')}
          required
          withAsterisk={false}
          autoComplete="off"
          maxLength={254}
        />
      </Form>
      <OutboxHint />
      {team.invitations.length > 0 && (
        <Rows label={t('openInvitations')}>
          {team.invitations.map(({ id, email, createdAt, expiresAt }) => (
            <Row
              key={id}
              title={email}
              facts={[t('sentAt', { time: date(createdAt) }), t('openUntil', { time: date(expiresAt) })]}
            >
              <ConfirmButton
                action={t('withdraw')}
                of={email}
                question={t('withdrawQuestion')}
                onConfirm={() => withdraw(id)}
              >
                {t('withdrawNote', { email })}
              </ConfirmButton>
            </Row>
          ))}
        </Rows>
      )}
    </SectionCard>
  );
}
