import type { PublishedScore, Submission } from '@holdout/contracts';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { curvesQuery } from '../../api/submissions.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import styles from './submission-page.module.css';

const CurvePlots = lazy(async () => ({ default: (await import('./curve-plots.js')).CurvePlots }));

interface CurvesProps {
  readonly submission: Submission;
  readonly score: PublishedScore;
}

/** ROC, precision–recall and calibration, where the phase may show them. The plots are loaded only then. */
export function Curves({ submission, score }: CurvesProps) {
  const { t } = useTranslation('submission');
  const { data, error, refetch } = useQuery(curvesQuery(submission.id));
  return (
    <section aria-labelledby="curves" className={styles.section}>
      <h2 id="curves">{t('curves')}</h2>
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading lines={3} />}
      {data?.absent === 'hidden' && <p className={styles.note}>{t('curvesHidden')}</p>}
      {data && data.absent !== 'hidden' && data.message && <p className={styles.note}>{data.message}</p>}
      {data?.curves && (
        <Suspense fallback={<Loading lines={3} />}>
          <CurvePlots curves={data.curves} score={score} submission={submission} />
        </Suspense>
      )}
    </section>
  );
}
