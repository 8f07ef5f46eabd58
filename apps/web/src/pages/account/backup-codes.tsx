import { Button, Text, Title } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Commands } from '../../parts/commands.js';

interface BackupCodesProps {
  readonly codes: readonly string[];
  readonly onKept: () => void;
}

/** They are shown this once. */
export function BackupCodes({ codes, onKept }: BackupCodesProps) {
  const { t } = useTranslation('account');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <Title order={3} size="h5" tabIndex={-1} ref={heading}>
        {t('backupCodes')}
      </Title>
      <Text size="sm">{t('backupCodesIntro')}</Text>
      <Commands label={t('backupCodes')}>{codes.join('\n')}</Commands>
      <div>
        <Button onClick={onKept}>{t('kept')}</Button>
      </div>
    </>
  );
}
