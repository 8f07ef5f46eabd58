import { Progress, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import styles from './submit-page.module.css';
import { useOtherUpload } from './upload-channel.js';

interface UploadElsewhereProps {
  readonly uploadKey: string;
  /** What the other window sends; null where it has not written so yet. */
  readonly sent: { readonly name: string; readonly sizeBytes: number } | null;
  /** What was to be sent here, and waits. */
  readonly waiting: string | null;
}

/** That another window of this browser sends, and how far it is. */
export function UploadElsewhere({ uploadKey, sent, waiting }: UploadElsewhereProps) {
  const { t } = useTranslation('submit');
  const { size, percent } = useFormat();
  const status = useOtherUpload(uploadKey);
  const share = status && sent ? status.sentBytes / Math.max(1, sent.sizeBytes) : 0;
  return (
    <Stack gap="sm" className={styles.card}>
      <Title order={2} size="h4" role="status">
        {t('elsewhere')}
      </Title>
      {sent && status && (
        <>
          <Progress value={100 * share} size="lg" color="petrol" aria-label={t('sending', { name: sent.name })} />
          <Text>
            {t('sending', { name: sent.name })}:{' '}
            {t('sent', { sent: size(status.sentBytes), total: size(sent.sizeBytes) })}
          </Text>
          {status.state === 'paused' && <Text size="sm">{t('state_paused', { percent: percent(share) })}</Text>}
        </>
      )}
      <Text size="sm" c="dimmed">
        {t('elsewhereNext')}
      </Text>
      {waiting !== null && <Text size="sm">{t('elsewhereWaits', { name: waiting })}</Text>}
    </Stack>
  );
}
