import type { Submission } from '@holdout/contracts';
import { Alert, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useServerWords } from '../../i18n/use-server-words.js';
import styles from './submission-page.module.css';
import { SubmissionsLeft } from './submissions-left.js';

/** What went wrong or looks wrong, and what to do about it; and why a score is not told. */
export function Outcome({ submission }: { readonly submission: Submission }) {
  const { t } = useTranslation('submission');
  const { sayReason, sayWarning } = useServerWords();
  const { warnings, reason, fault, withheld, standing, standingReason, state } = submission;
  return (
    <div className={styles.outcome}>
      {reason && (
        <Alert color="red" title={t(state === 'failed' ? 'failedBecause' : 'rejectedBecause')}>
          <Text>{sayReason(reason).message}</Text>
          <Text mt="xs">{t('whatNext', { next: sayReason(reason).next })}</Text>
          {/* Of what was stopped by a warning, what to do says that it costs nothing. */}
          {state === 'rejected' && reason.code !== 'check_warned' && <Text mt="xs">{t('rejectedCounts')}</Text>}
          {state === 'rejected' && <SubmissionsLeft submission={submission} />}
          <Text mt="xs" size="sm" c="dimmed">
            {fault && `${t(`fault_${fault}`)} `}
            {t('whereItEnded', { state: t(`state_${reason.stage}`) })} <code>{reason.code}</code>
          </Text>
        </Alert>
      )}
      {state === 'cancelled' && fault && <Alert color="gray">{t(`cancelledBy_${fault}`)}</Alert>}
      {warnings.length > 0 && (
        <Alert color="orange" title={t('warnings')}>
          <ul className={styles.warnings}>
            {warnings.map((warning) => (
              <li key={warning.code}>{sayWarning(warning)}</li>
            ))}
          </ul>
        </Alert>
      )}
      {standing === 'withdrawn' && <Alert color="orange">{t('withdrawn')}</Alert>}
      {standing === 'disqualified' && <Alert color="red">{t('disqualified', { reason: standingReason ?? '—' })}</Alert>}
      {withheld && <Alert>{t(`withheld_${withheld}`)}</Alert>}
    </div>
  );
}
