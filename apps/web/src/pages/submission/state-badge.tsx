import type { SubmissionState } from '@holdout/contracts';
import { useTranslation } from 'react-i18next';
import styles from './submission-page.module.css';

/** Told by a sign as well as by a colour. */
const signs: Readonly<Record<SubmissionState, string>> = {
  queued: '…',
  checking: '▸',
  running: '▸',
  scoring: '▸',
  scored: '✓',
  rejected: '✕',
  failed: '!',
  cancelled: '–',
};

/** A state in a word. */
export function StateBadge({ state, large = false }: { readonly state: SubmissionState; readonly large?: boolean }) {
  const { t } = useTranslation('submission');
  return (
    <span className={styles.badge} data-state={state} data-large={large}>
      <span aria-hidden="true">{signs[state]} </span>
      {t(`state_${state}`)}
    </span>
  );
}
