import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { postAuth } from '../../accounts/ask-auth.js';
import { Form } from '../../accounts/form.js';
import { withNext } from '../../accounts/next-page.js';
import { OutboxHint } from '../../accounts/outbox-hint.js';
import { signInOptionsQuery } from '../../accounts/sign-in-options.js';
import { nothing } from '../../api/request.js';
import { SignInCard } from './sign-in-card.js';

interface CheckMailProps {
  readonly email: string;
  readonly next: string | undefined;
}

/** A mail is on its way, and says what there is to say: whether the address has an account, this page does not tell. */
export function CheckMail({ email, next }: CheckMailProps) {
  const { t } = useTranslation('signIn');
  const { data: options } = useQuery(signInOptionsQuery);
  const search = next === undefined ? {} : { next };
  const sendAgain = () =>
    postAuth('send-verification-email', { email, callbackURL: withNext('/verify-email', next) }, nothing);
  return (
    <SignInCard title={t('checkMail')} follows>
      <Text>{t('checkMailIntro', { email })}</Text>
      <OutboxHint />
      {options?.mail !== 'outbox' && (
        <Text size="sm" c="dimmed">
          {t('nothingCame')}
        </Text>
      )}
      <Form submit={t('sendAgain')} onSubmit={sendAgain} done={t('sentAgain')} />
      <Link to="/sign-in" search={search} reloadDocument>
        {t('toSignIn')}
      </Link>
    </SignInCard>
  );
}
