import { Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { postAuth } from '../../accounts/ask-auth.js';
import { Form } from '../../accounts/form.js';
import { OutboxHint } from '../../accounts/outbox-hint.js';
import type { Person } from '../../accounts/signed-in.js';
import { nothing } from '../../api/request.js';
import { SectionCard } from '../../parts/section-card.js';

/** The address changes when both the old and the new one have been proven. */
export function EmailSection({ user }: Pick<Person, 'user'>) {
  const { t } = useTranslation('account');
  const change = ({ email }: Readonly<Record<string, string>>): Promise<void> =>
    postAuth('change-email', { newEmail: email, callbackURL: '/verify-email?change=true' }, nothing);
  return (
    <SectionCard title={t('email')}>
      <Text>{t('emailNow', { email: user.email })}</Text>
      <Form submit={t('changeEmail')} onSubmit={change} done={t('emailMailed', { email: user.email })} clears>
        <TextInput
          name="email"
          type="email"
          label={t('newEmail')}
          description={t('newEmailNote')}
          required
          withAsterisk={false}
          autoComplete="email"
          maxLength={254}
        />
      </Form>
      <OutboxHint />
    </SectionCard>
  );
}
