import { Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { postAuth } from '../../accounts/ask-auth.js';
import { backupCodesSchema } from '../../accounts/auth-answers.js';
import { Form } from '../../accounts/form.js';
import { PasswordField } from '../../accounts/password-field.js';
import { meQuery } from '../../api/me.js';
import { bySchema, nothing } from '../../api/request.js';
import { KnownName } from './known-name.js';

interface TwoFactorOnProps {
  readonly email: string;
  readonly hasPassword: boolean;
  readonly onNewCodes: (codes: readonly string[]) => void;
}

/** What can be done with a second factor: other backup codes, or none of it any more. */
export function TwoFactorOn({ email, hasPassword, onNewCodes }: TwoFactorOnProps) {
  const { t } = useTranslation('account');
  const queries = useQueryClient();
  const bodyOf = ({ password }: Readonly<Record<string, string>>) => (hasPassword ? { password } : {});
  return (
    <>
      <Text>{t('twoFactorOn')}</Text>
      <details>
        <summary>{t('newBackupCodes')}</summary>
        <Form
          submit={t('newBackupCodes')}
          onSubmit={async (fields) => {
            const check = bySchema(() => backupCodesSchema);
            onNewCodes((await postAuth('two-factor/generate-backup-codes', bodyOf(fields), check)).backupCodes);
          }}
        >
          <Text size="sm">{t('newBackupCodesNote')}</Text>
          <KnownName email={email} />
          {hasPassword && <PasswordField name="password" label={t('currentPassword')} />}
        </Form>
      </details>
      <details>
        <summary>{t('turnOff')}</summary>
        <Form
          submit={t('turnOff')}
          weight="grave"
          onSubmit={async (fields) => {
            await postAuth('two-factor/disable', bodyOf(fields), nothing);
            await queries.invalidateQueries({ queryKey: meQuery.queryKey });
          }}
        >
          <Text size="sm">{t('turnOffNote')}</Text>
          <KnownName email={email} />
          {hasPassword && <PasswordField name="password" label={t('currentPassword')} />}
        </Form>
      </details>
    </>
  );
}
