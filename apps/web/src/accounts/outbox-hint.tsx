import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Trans, useTranslation } from 'react-i18next';
import { signInOptionsQuery } from './sign-in-options.js';

/** Where a mail is that no mail server took; nothing where there is one. */
export function OutboxHint() {
  const { t } = useTranslation('accounts');
  const { data: options } = useQuery(signInOptionsQuery);
  if (options?.mail !== 'outbox') return null;
  return (
    <Text size="sm" c="dimmed">
      <Trans t={t} i18nKey="outboxHint" components={{ outbox: <Link to="/outbox" /> }} />
    </Text>
  );
}
