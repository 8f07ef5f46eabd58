import type { Submission, SubmissionState } from '@holdout/contracts';
import { useTranslation } from 'react-i18next';
import { isFinalState } from '../../api/contracts.js';
import type { Connection } from '../../api/follow-events.js';
import { useFormat } from '../../format/use-format.js';
import { listSteps } from './list-steps.js';
import styles from './submission-page.module.css';

interface StateTimelineProps {
  readonly submission: Submission;
  /** null where nothing more is to come. */
  readonly connection: Connection | null;
}

/** The states that a submission went through, when, and how long each took; and those that are to come. */
export function StateTimeline({ submission, connection }: StateTimelineProps) {
  const { t } = useTranslation('submission');
  const { state } = submission;
  return (
    <section aria-labelledby="course" className={styles.section}>
      <h2 id="course">
        {t('course')}
        {connection && (
          <span className={styles.connection} data-state={connection}>
            {t(connection)}
          </span>
        )}
      </h2>
      <ol className={styles.timeline}>
        {listSteps(submission).map((step) => (
          <Step key={step.state} {...step} isNow={step.state === state} />
        ))}
      </ol>
      <p role="status" className={styles.note}>
        {t(`about_${state}`)}
      </p>
    </section>
  );
}

interface StepProps {
  readonly state: SubmissionState;
  readonly at: string | null;
  readonly seconds: number | null;
  readonly isNow: boolean;
}

function Step({ state, at, seconds, isNow }: StepProps) {
  const { t } = useTranslation('submission');
  const { dateTime, duration } = useFormat();
  const reached = at !== null;
  return (
    <li data-state={state} data-reached={reached} aria-current={isNow ? 'step' : undefined}>
      <strong>{t(`state_${state}`)}</strong>
      {reached ? (
        <time dateTime={at} title={at}>
          {dateTime(at)}
        </time>
      ) : (
        <span>{t('stillToCome')}</span>
      )}
      {seconds !== null && !isFinalState(state) && <span>{t('took', { duration: duration(seconds) })}</span>}
    </li>
  );
}
