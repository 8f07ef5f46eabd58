import { Divider, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { postAuth } from '../../accounts/ask-auth.js';
import { type Fields, Form } from '../../accounts/form.js';
import { GoTo } from '../../accounts/go-to.js';
import { withNext } from '../../accounts/next-page.js';
import { NewPasswordField } from '../../accounts/password-field.js';
import { meQuery } from '../../api/me.js';
import { nothing } from '../../api/request.js';
import { CheckMail } from './check-mail.js';
import { EmailField } from './email-field.js';
import { InstitutionButton } from './institution-button.js';
import { SignInCard } from './sign-in-card.js';

const route = getRouteApi('/sign-up');

/** An account by a name, an address and a password; it is one once the address is proven. */
export function Page() {
  const { t } = useTranslation('signIn');
  const { next } = route.useSearch();
  const { data: me } = useQuery(meQuery);
  const [mailedTo, setMailedTo] = useState<string>();
  const search = next === undefined ? {} : { next };
  const signUp = async ({ name, email = '', password }: Fields): Promise<void> => {
    const callbackURL = withNext('/verify-email', next);
    await postAuth('sign-up/email', { name, email, password, callbackURL }, nothing);
    setMailedTo(email);
  };
  if (me?.user) return <GoTo path={next ?? '/'} />;
  if (mailedTo !== undefined) return <CheckMail email={mailedTo} next={next} />;
  return (
    <SignInCard title={t('signUp')}>
      <Text size="sm">{t('signUpIntro')}</Text>
      <Form submit={t('signUp')} onSubmit={signUp}>
        <TextInput
          name="name"
          label={t('name')}
          description={t('nameNote')}
          required
          withAsterisk={false}
          autoComplete="name"
          maxLength={100}
        />
        <EmailField />
        <NewPasswordField name="password" label={t('password')} />
      </Form>
      <Text size="sm">
        {t('haveAccount')}{' '}
        <Link to="/sign-in" search={search}>
          {t('signIn')}
        </Link>
      </Text>
      <InstitutionButton next={next} divider={<Divider label={t('or')} />} />
    </SignInCard>
  );
}
