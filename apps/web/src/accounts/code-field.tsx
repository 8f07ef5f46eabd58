import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Six digits of an authenticator, which a phone or a password manager fills in. */
export function CodeField() {
  const { t } = useTranslation('accounts');
  return (
    <TextInput
      name="code"
      label={t('code')}
      required
      withAsterisk={false}
      inputMode="numeric"
      pattern="\s*[0-9]{6}\s*"
      title={t('sixDigits')}
      autoComplete="one-time-code"
    />
  );
}
