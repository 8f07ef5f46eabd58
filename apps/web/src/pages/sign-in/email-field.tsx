import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** The address, which is also the name that a password manager keeps. */
export function EmailField({ value }: { readonly value?: string | undefined }) {
  const { t } = useTranslation('signIn');
  return (
    <TextInput
      name="email"
      type="email"
      label={t('email')}
      required
      withAsterisk={false}
      autoComplete="username"
      maxLength={254}
      defaultValue={value}
    />
  );
}
