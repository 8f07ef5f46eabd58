import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { postAuth } from '../../accounts/ask-auth.js';
import { Form } from '../../accounts/form.js';
import { OutboxHint } from '../../accounts/outbox-hint.js';
import { nothing } from '../../api/request.js';
import { EmailField } from './email-field.js';
import { SignInCard } from './sign-in-card.js';

/** A mail with a link to choose another password, where the address has an account; the page does not tell. */
export function Page() {
  const { t } = useTranslation('signIn');
  const [mailedTo, setMailedTo] = useState<string>();
  if (mailedTo !== undefined) {
    return (
      <SignInCard title={t('checkMail')} follows>
        <Text>{t('resetMailed', { email: mailedTo })}</Text>
        <OutboxHint />
        <Link to="/sign-in">{t('toSignIn')}</Link>
      </SignInCard>
    );
  }
  return (
    <SignInCard title={t('forgot')}>
      <Text size="sm">{t('forgotIntro')}</Text>
      <Form
        submit={t('sendLink')}
        onSubmit={async ({ email = '' }) => {
          await postAuth('request-password-reset', { email }, nothing);
          setMailedTo(email);
        }}
      >
        <EmailField />
      </Form>
      <Link to="/sign-in">{t('toSignIn')}</Link>
    </SignInCard>
  );
}
