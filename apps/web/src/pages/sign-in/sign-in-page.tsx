import { Alert, Divider, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AuthRefusal, postAuth } from '../../accounts/ask-auth.js';
import { type Fields, Form } from '../../accounts/form.js';
import { GoTo } from '../../accounts/go-to.js';
import { withNext } from '../../accounts/next-page.js';
import { PasswordField } from '../../accounts/password-field.js';
import { useReadAnew } from '../../accounts/use-read-anew.js';
import { byShape } from '../../api/check-shape.js';
import { meQuery } from '../../api/me.js';
import { CheckMail } from './check-mail.js';
import { EmailField } from './email-field.js';
import { InstitutionButton } from './institution-button.js';
import { SecondFactor } from './second-factor.js';
import { SignInCard } from './sign-in-card.js';

const route = getRouteApi('/sign-in');
type Step = { at: 'password' } | { at: 'secondFactor' } | { at: 'mail'; email: string };

/** By a password or an institution; then the second factor of who has one. */
export function Page() {
  const { t } = useTranslation('signIn');
  const { next, error } = route.useSearch();
  const { data: me } = useQuery(meQuery);
  const [step, setStep] = useState<Step>({ at: 'password' });
  const readAnew = useReadAnew();
  const search = next === undefined ? {} : { next };

  const signIn = async ({ email = '', password }: Fields): Promise<void> => {
    const body = { email, password, callbackURL: withNext('/verify-email', next) };
    try {
      const { twoFactorRedirect } = await postAuth(
        'sign-in/email',
        body,
        byShape<{ twoFactorRedirect?: true }>('', {}),
      );
      if (twoFactorRedirect) setStep({ at: 'secondFactor' });
      else await readAnew();
    } catch (refusal) {
      if (!(refusal instanceof AuthRefusal && refusal.code === 'EMAIL_NOT_VERIFIED')) throw refusal;
      setStep({ at: 'mail', email });
    }
  };

  if (me?.user) return <GoTo path={next ?? '/'} />;
  if (step.at === 'secondFactor')
    return <SecondFactor onDone={readAnew} onGiveUp={() => setStep({ at: 'password' })} />;
  if (step.at === 'mail') return <CheckMail email={step.email} next={next} />;
  return (
    <SignInCard title={t('signIn')}>
      {error !== undefined && (
        <Alert role="alert" color="red">
          {t('institutionFailed')}
        </Alert>
      )}
      <Form submit={t('signIn')} onSubmit={signIn}>
        <EmailField />
        <PasswordField name="password" label={t('password')} />
      </Form>
      <Group justify="space-between">
        <Link to="/sign-up" search={search}>
          {t('toSignUp')}
        </Link>
        <Link to="/forgot-password">{t('toForgot')}</Link>
      </Group>
      <InstitutionButton next={next} divider={<Divider label={t('or')} />} />
    </SignInCard>
  );
}
