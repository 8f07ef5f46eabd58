import { Button, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import { Failure } from '../../parts/failure.js';
import type { BundleUpload } from './bundle-upload.js';
import styles from './submit-page.module.css';

interface UploadProgressProps {
  readonly upload: BundleUpload;
  readonly name: string;
  readonly totalBytes: number;
  /** Whether the file itself stays in the browser after a reload. */
  readonly isKept: boolean;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onGiveUp: () => void;
}

/** How far an upload is, how fast, and how long it will take. */
export function UploadProgress({ upload, name, totalBytes, isKept, ...acts }: UploadProgressProps) {
  const { t } = useTranslation('submit');
  const { size, duration, percent: writePercent } = useFormat();
  const { state, sentBytes, bytesPerSecond, error } = useSyncExternalStore(upload.follow, upload.read);
  const share = totalBytes === 0 ? 0 : sentBytes / totalBytes;
  const secondsLeft = bytesPerSecond ? (totalBytes - sentBytes) / bytesPerSecond : null;
  const isGoing = state === 'sending';
  return (
    <Stack gap="sm" className={styles.card}>
      <Title order={2} size="h4">
        {t('sending', { name })}
      </Title>
      <Progress
        value={100 * share}
        size="lg"
        aria-label={t('sending', { name })}
        animated={state === 'finishing'}
        striped={state === 'finishing'}
        color={state === 'failed' ? 'red' : 'petrol'}
      />
      <Group gap="lg" className={styles.numbers}>
        <Text>{t('sent', { sent: size(sentBytes), total: size(totalBytes) })}</Text>
        {isGoing && bytesPerSecond !== null && <Text>{t('speed', { speed: size(bytesPerSecond) })}</Text>}
        {isGoing && secondsLeft !== null && (
          <Text>{t('timeLeft', { duration: duration(Math.ceil(secondsLeft)) })}</Text>
        )}
      </Group>
      <Text role="status" size="sm">
        {t(`state_${state}`, { percent: writePercent(share) })}
      </Text>
      {error !== null && <Failure error={error} />}
      <Group>
        {isGoing && (
          <Button variant="default" onClick={acts.onPause}>
            {t('pause')}
          </Button>
        )}
        {(state === 'paused' || state === 'failed') && <Button onClick={acts.onResume}>{t('resume')}</Button>}
        {state !== 'finishing' && state !== 'done' && (
          <Button variant="subtle" color="red" onClick={acts.onGiveUp}>
            {t('giveUp')}
          </Button>
        )}
      </Group>
      {state !== 'finishing' && (
        <Text size="sm" c="dimmed">
          {t(isKept ? 'reloadNote' : 'reloadNoteAgain')}
        </Text>
      )}
    </Stack>
  );
}
