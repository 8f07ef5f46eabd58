import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { postAuth } from '../../accounts/ask-auth.js';
import { Form } from '../../accounts/form.js';
import { NewPasswordField, PasswordField } from '../../accounts/password-field.js';
import type { Person } from '../../accounts/signed-in.js';
import { nothing } from '../../api/request.js';
import { SectionCard } from '../../parts/section-card.js';
import { hasPasswordQuery } from './has-password.js';
import { KnownName } from './known-name.js';

/** Another password, which ends all other sessions; or how one comes to have one. */
export function PasswordSection({ user }: Pick<Person, 'user'>) {
  const { t } = useTranslation('account');
  const { data: hasPassword = true } = useQuery(hasPasswordQuery);
  const change = ({ current, password }: Readonly<Record<string, string>>): Promise<void> =>
    postAuth(
      'change-password',
      { currentPassword: current, newPassword: password, revokeOtherSessions: true },
      nothing,
    );
  if (!hasPassword) {
    return (
      <SectionCard title={t('password')}>
        <Text>{t('noPassword')}</Text>
        <Link to="/forgot-password">{t('getPassword')}</Link>
      </SectionCard>
    );
  }
  return (
    <SectionCard title={t('password')}>
      <Form submit={t('changePassword')} onSubmit={change} done={t('passwordChanged')} clears>
        <KnownName email={user.email} />
        <PasswordField name="current" label={t('currentPassword')} />
        <NewPasswordField name="password" label={t('newPassword')} />
      </Form>
    </SectionCard>
  );
}
