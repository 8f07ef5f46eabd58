import { Button, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import card from '../../parts/card.module.css';
import { Commands } from '../../parts/commands.js';
import type { CreatedToken } from './tokens.js';

interface ShownTokenProps {
  readonly token: CreatedToken;
  readonly onKept: () => void;
}

/** A new token, this once, and what is typed with it. */
export function ShownToken({ token: { name, secret }, onKept }: ShownTokenProps) {
  const { t } = useTranslation('tokens');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className={card.card} aria-labelledby="new-token">
      <Stack gap="sm">
        <Title order={2} size="h4" id="new-token" tabIndex={-1} ref={heading}>
          {t('created', { name })}
        </Title>
        <Text size="sm">{t('createdNote')}</Text>
        <Commands label={t('secret')}>{secret}</Commands>
        <Text size="sm">{t('inTerminal')}</Text>
        <Commands label={t('commands')}>
          {[
            `export HOLDOUT_SERVER=${location.origin}`,
            `export HOLDOUT_TOKEN=${secret}`,
            'npx --no-install holdout whoami',
          ].join('\n')}
        </Commands>
        <div>
          <Button onClick={onKept}>{t('kept')}</Button>
        </div>
      </Stack>
    </section>
  );
}
