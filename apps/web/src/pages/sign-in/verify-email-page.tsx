import { Alert, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { postAuth } from '../../accounts/ask-auth.js';
import { type Fields, Form } from '../../accounts/form.js';
import { withNext } from '../../accounts/next-page.js';
import { meQuery } from '../../api/me.js';
import { nothing } from '../../api/request.js';
import { Loading } from '../../parts/loading.js';
import { CheckMail } from './check-mail.js';
import { EmailField } from './email-field.js';
import { SignInCard } from './sign-in-card.js';

const route = getRouteApi('/verify-email');

/** Where the link of a mail leads, after the server took its proof or refused it. */
export function Page() {
  const { t } = useTranslation('signIn');
  const { next, error, change } = route.useSearch();
  const { data: me } = useQuery(meQuery);
  if (error !== undefined) return <LinkOver next={next} />;
  if (!me) return <Loading />;
  if (change) {
    return (
      <SignInCard title={t('changeTaken')}>
        <Text>{t('changeTakenIntro')}</Text>
        <Link to="/account">{t('toAccount')}</Link>
      </SignInCard>
    );
  }
  if (!me.user) {
    return (
      <SignInCard title={t('proven')}>
        <Link to="/sign-in" search={next === undefined ? {} : { next }}>
          {t('signIn')}
        </Link>
      </SignInCard>
    );
  }
  return (
    <SignInCard title={t('proven')}>
      <Text>{t('provenIntro', { name: me.user.name, email: me.user.email })}</Text>
      {next !== undefined && <a href={next}>{t('goOn')}</a>}
      <Link to="/">{t('toCompetitions')}</Link>
      <Link to="/teams">{t('toTeams')}</Link>
    </SignInCard>
  );
}

function LinkOver({ next }: { readonly next: string | undefined }) {
  const { t } = useTranslation('signIn');
  const [mailedTo, setMailedTo] = useState<string>();
  const send = async ({ email = '' }: Fields): Promise<void> => {
    const callbackURL = withNext('/verify-email', next);
    await postAuth('send-verification-email', { email, callbackURL }, nothing);
    setMailedTo(email);
  };
  if (mailedTo !== undefined) return <CheckMail email={mailedTo} next={next} />;
  return (
    <SignInCard title={t('linkOver')}>
      <Alert role="alert" color="red">
        {t('linkOverIntro')}
      </Alert>
      <Form submit={t('sendLink')} onSubmit={send}>
        <EmailField />
      </Form>
    </SignInCard>
  );
}
