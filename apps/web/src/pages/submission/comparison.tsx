import type { PublishedScore, Submission } from '@holdout/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { boardReadersQuery, ownSubmissionsQuery, placeQuery } from '../../api/submissions.js';
import { useFormat } from '../../format/use-format.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { type ComparedRow, ComparisonTable } from './comparison-table.js';
import styles from './submission-page.module.css';

interface ComparisonProps {
  readonly submission: Submission;
  readonly score: PublishedScore;
  readonly decimals: number | null;
}

/** How it stands to each reader, and to what its team submitted besides. */
export function Comparison({ submission, score, decimals }: ComparisonProps) {
  const { t } = useTranslation('submission');
  const bounds = submission.intervals?.overall.kappa.bootstrap;
  const own: ComparedRow = {
    key: submission.id,
    name: submission.name,
    kappa: score.overall.kappa.value,
    interval: bounds && bounds.lower !== null ? bounds : null,
    note: t('thisOne'),
    isThis: true,
  };
  return (
    <section aria-labelledby="comparison" className={styles.section}>
      <h2 id="comparison">{t('comparison')}</h2>
      <AgainstReaders submission={submission} own={own} decimals={decimals} />
      <AgainstEarlier submission={submission} own={own} decimals={decimals} />
    </section>
  );
}

interface AgainstProps {
  readonly submission: Submission;
  readonly own: ComparedRow;
  readonly decimals: number | null;
}

const verdicts = {
  'better than': 'verdict_better',
  'worse than': 'verdict_worse',
  'not told apart from': 'verdict_same',
} as const;

function AgainstReaders({ submission: { id, competition, phase }, own, decimals }: AgainstProps) {
  const { t } = useTranslation('submission');
  const { data, error, refetch } = useQuery(boardReadersQuery(competition, phase));
  const { data: place } = useQuery(placeQuery(id));
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading lines={3} />;
  const rows = data.readers.map(
    ({ name, kappa, kappaInterval, best }): ComparedRow => ({
      key: name,
      name,
      kappa: kappa.value,
      interval: kappaInterval,
      note: best ? t('bestReader') : null,
      isThis: false,
    }),
  );
  return (
    <>
      <h3 className={styles.smallHead}>{t('againstReaders')}</h3>
      {rows.length > 0 && (
        <ComparisonTable label={t('againstReaders')} first={t('reader')} own={own} rows={rows} decimals={decimals} />
      )}
      {rows.length === 0 && (
        <p className={styles.note}>{t(data.visibility.state === 'hidden' ? 'readersHidden' : 'noReaders')}</p>
      )}
      {place?.onBoard && (
        <p>
          {place.againstBestReader && t(verdicts[place.againstBestReader])}{' '}
          <Link to="/competitions/$competition/leaderboard" params={{ competition }} search={{ phase }} hash={id}>
            {t('toBoard')}
          </Link>
        </p>
      )}
    </>
  );
}

function AgainstEarlier({ submission: { id, competition, phase }, own, decimals }: AgainstProps) {
  const { t } = useTranslation('submission');
  const { dateTime } = useFormat();
  const { data, error, refetch } = useQuery(ownSubmissionsQuery(competition, phase));
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading lines={3} />;
  const rows = data.flatMap(({ id: other, name, score, intervals, submittedAt }): ComparedRow[] => {
    const bounds = intervals?.overall.kappa.bootstrap;
    const interval = bounds && bounds.lower !== null ? bounds : null;
    if (!score || other === id) return [];
    const kappa = score.overall.kappa.value;
    return [{ key: other, name, kappa, interval, note: dateTime(submittedAt), isThis: false, submissionId: other }];
  });
  return (
    <>
      <h3 className={styles.smallHead}>{t('earlier')}</h3>
      {rows.length > 0 ? (
        <ComparisonTable label={t('earlier')} first={t('model')} own={own} rows={rows} decimals={decimals} />
      ) : (
        <p className={styles.note}>{t('noEarlier')}</p>
      )}
    </>
  );
}
