import { PasswordInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { signInOptionsQuery } from './sign-in-options.js';

interface PasswordFieldProps {
  readonly name: string;
  readonly label: string;
}

/** The password that a person has. */
export function PasswordField({ name, label }: PasswordFieldProps) {
  const toggle = useToggleName();
  return (
    <PasswordInput
      name={name}
      label={label}
      required
      withAsterisk={false}
      autoComplete="current-password"
      visibilityToggleButtonProps={toggle}
    />
  );
}

/** One that they choose. */
export function NewPasswordField({ name, label }: PasswordFieldProps) {
  const { t } = useTranslation('accounts');
  const toggle = useToggleName();
  const { data: options } = useQuery(signInOptionsQuery);
  const { minPasswordLength } = options ?? {};
  return (
    <PasswordInput
      name={name}
      label={label}
      description={minPasswordLength ? t('passwordLength', { count: minPasswordLength }) : undefined}
      required
      withAsterisk={false}
      {...(minPasswordLength ? { minLength: minPasswordLength } : {})}
      maxLength={200}
      autoComplete="new-password"
      visibilityToggleButtonProps={toggle}
    />
  );
}

/** The button inside the field is reached by the keyboard too. */
function useToggleName() {
  const { t } = useTranslation('accounts');
  return { 'aria-label': t('showPassword'), tabIndex: 0 };
}
