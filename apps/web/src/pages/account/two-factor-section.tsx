import { Alert, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { postAuth } from '../../accounts/ask-auth.js';
import { authenticatorSchema } from '../../accounts/auth-answers.js';
import { Form } from '../../accounts/form.js';
import { PasswordField } from '../../accounts/password-field.js';
import { signInOptionsQuery } from '../../accounts/sign-in-options.js';
import type { Person } from '../../accounts/signed-in.js';
import { meQuery } from '../../api/me.js';
import { bySchema } from '../../api/request.js';
import { SectionCard } from '../../parts/section-card.js';
import { BackupCodes } from './backup-codes.js';
import { hasPasswordQuery } from './has-password.js';
import { KnownName } from './known-name.js';
import { SetUpAuthenticator, type TwoFactorSecret } from './set-up-authenticator.js';
import { TwoFactorOn } from './two-factor-on.js';

/** An authenticator as the second factor: set up, or in use. */
export function TwoFactorSection({ user }: Pick<Person, 'user'>) {
  const { t } = useTranslation('account');
  const queries = useQueryClient();
  const { data: hasPassword = true } = useQuery(hasPasswordQuery);
  const { data: options } = useQuery(signInOptionsQuery);
  const [secret, setSecret] = useState<TwoFactorSecret>();
  const [newCodes, setNewCodes] = useState<readonly string[]>();

  const begin = async ({ password }: Readonly<Record<string, string>>): Promise<void> => {
    const check = bySchema(() => authenticatorSchema);
    const { totpURI, backupCodes } = await postAuth('two-factor/enable', hasPassword ? { password } : {}, check);
    setSecret({ uri: totpURI, backupCodes });
  };
  const finish = async (): Promise<void> => {
    setNewCodes(secret?.backupCodes);
    setSecret(undefined);
    await queries.invalidateQueries({ queryKey: meQuery.queryKey });
  };

  if (newCodes) {
    return (
      <SectionCard title={t('twoFactor')}>
        <BackupCodes codes={newCodes} onKept={() => setNewCodes(undefined)} />
      </SectionCard>
    );
  }
  if (user.twoFactorEnabled) {
    return (
      <SectionCard title={t('twoFactor')}>
        <TwoFactorOn email={user.email} hasPassword={hasPassword} onNewCodes={setNewCodes} />
      </SectionCard>
    );
  }
  return (
    <SectionCard title={t('twoFactor')}>
      {options?.twoFactorNeeded === 'organisers' && <Alert color="yellow">{t('twoFactorNeeded')}</Alert>}
      <Text size="sm">{t('twoFactorIntro')}</Text>
      {secret ? (
        <SetUpAuthenticator uri={secret.uri} onDone={finish} />
      ) : (
        <Form submit={t('setUp')} onSubmit={begin}>
          <KnownName email={user.email} />
          {hasPassword && <PasswordField name="password" label={t('currentPassword')} />}
        </Form>
      )}
    </SectionCard>
  );
}
