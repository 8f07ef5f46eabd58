import { Anchor, Checkbox, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { postAuth } from '../../accounts/ask-auth.js';
import { CodeField } from '../../accounts/code-field.js';
import { Form } from '../../accounts/form.js';
import { nothing } from '../../api/request.js';
import { SignInCard } from './sign-in-card.js';

interface SecondFactorProps {
  readonly onDone: () => Promise<void>;
  readonly onGiveUp: () => void;
}

/** The code of an authenticator, or one of the backup codes in its place. */
export function SecondFactor({ onDone, onGiveUp }: SecondFactorProps) {
  const { t } = useTranslation('signIn');
  const [byBackup, setByBackup] = useState(false);
  const verify = async ({ code = '', trust }: Readonly<Record<string, string>>): Promise<void> => {
    const path = byBackup ? 'two-factor/verify-backup-code' : 'two-factor/verify-totp';
    await postAuth(path, { code: code.trim(), trustDevice: trust !== undefined }, nothing);
    await onDone();
  };
  return (
    <SignInCard title={t('secondFactor')} follows>
      <Text size="sm">{byBackup ? t('backupIntro') : t('codeIntro')}</Text>
      <Form key={String(byBackup)} submit={t('signIn')} onSubmit={verify}>
        {byBackup ? (
          <TextInput name="code" label={t('backupCode')} required withAsterisk={false} autoComplete="off" />
        ) : (
          <CodeField />
        )}
        <Checkbox name="trust" label={t('trust')} description={t('trustNote')} />
      </Form>
      <Anchor component="button" type="button" size="sm" ta="start" onClick={() => setByBackup(!byBackup)}>
        {byBackup ? t('useAuthenticator') : t('useBackup')}
      </Anchor>
      <Anchor component="button" type="button" size="sm" ta="start" onClick={onGiveUp}>
        {t('startAgain')}
      </Anchor>
    </SignInCard>
  );
}
