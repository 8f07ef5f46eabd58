import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { postAuth } from '../../accounts/ask-auth.js';
import { CodeField } from '../../accounts/code-field.js';
import { Form } from '../../accounts/form.js';
import { nothing } from '../../api/request.js';
import { Commands } from '../../parts/commands.js';
import { QrCode } from './qr-code.js';

/** What an authenticator is given, and the codes that stand in for it. */
export interface TwoFactorSecret {
  /** `otpauth://totp/…` */
  readonly uri: string;
  readonly backupCodes: readonly string[];
}

interface SetUpAuthenticatorProps {
  readonly uri: string;
  readonly onDone: () => Promise<void>;
}

/** The secret as a picture and as letters, and the proof that the authenticator has it. */
export function SetUpAuthenticator({ uri, onDone }: SetUpAuthenticatorProps) {
  const { t } = useTranslation('account');
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  return (
    <>
      <Text size="sm">{t('scan')}</Text>
      <QrCode text={uri} label={t('qrCode')} />
      <Text size="sm">{t('orType')}</Text>
      <Commands label={t('secret')}>{secret}</Commands>
      <Form
        submit={t('turnOn')}
        onSubmit={async ({ code = '' }) => {
          await postAuth('two-factor/verify-totp', { code: code.trim() }, nothing);
          await onDone();
        }}
      >
        <CodeField />
      </Form>
    </>
  );
}
