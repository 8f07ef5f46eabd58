import { Group } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Form } from '../../accounts/form.js';
import { apiPath, nothing, request } from '../../api/request.js';
import { acceptInvitation, useTeamsChanged } from './teams.js';

interface AnswerInvitationProps {
  readonly id: string;
  /** Of the mailed link, for who has another address here than the invited one. */
  readonly secret: string | undefined;
}

/** Accept, and be on the team's page; or decline. */
export function AnswerInvitation({ id, secret }: AnswerInvitationProps) {
  const { t } = useTranslation('teams');
  const navigate = useNavigate();
  const changed = useTeamsChanged();
  const accept = async (): Promise<void> => {
    const team = await acceptInvitation(id, secret);
    await changed();
    await navigate({ to: '/teams/$team', params: { team: team.id } });
  };
  const decline = async (): Promise<void> => {
    const body = secret === undefined ? {} : { secret };
    await request(apiPath('invitations', id, 'decline'), nothing, { method: 'POST', body });
    await changed();
    await navigate({ to: '/teams' });
  };
  return (
    <Group align="start">
      <Form submit={t('accept')} onSubmit={accept} />
      <Form submit={t('decline')} weight="plain" onSubmit={decline} />
    </Group>
  );
}
