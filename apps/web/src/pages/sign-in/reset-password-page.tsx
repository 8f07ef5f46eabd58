import { Text } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { postAuth } from '../../accounts/ask-auth.js';
import { Form } from '../../accounts/form.js';
import { NewPasswordField } from '../../accounts/password-field.js';
import { nothing } from '../../api/request.js';
import { SignInCard } from './sign-in-card.js';

const route = getRouteApi('/reset-password');

/** Where the link of a mail leads: another password, once. Every session ends with it. */
export function Page() {
  const { t } = useTranslation('signIn');
  const { token } = route.useSearch();
  const [isDone, setDone] = useState(false);
  if (token === undefined) {
    return (
      <SignInCard title={t('linkOver')}>
        <Link to="/forgot-password">{t('askForLink')}</Link>
      </SignInCard>
    );
  }
  if (isDone) {
    return (
      <SignInCard title={t('passwordChanged')} follows>
        <Text>{t('passwordChangedIntro')}</Text>
        <Link to="/sign-in">{t('signIn')}</Link>
      </SignInCard>
    );
  }
  return (
    <SignInCard title={t('choosePassword')}>
      <Form
        submit={t('savePassword')}
        onSubmit={async ({ password }) => {
          await postAuth('reset-password', { token, newPassword: password }, nothing);
          setDone(true);
        }}
      >
        <NewPasswordField name="password" label={t('newPassword')} />
      </Form>
      <Link to="/forgot-password">{t('askForLink')}</Link>
    </SignInCard>
  );
}
