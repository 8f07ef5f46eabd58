import type { ExpectedSeconds, Submission } from '@holdout/contracts';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queueQuery } from '../../api/submissions.js';
import { useFormat } from '../../format/use-format.js';
import styles from './submission-page.module.css';

const refreshMilliseconds = 5000;

/** Where it stands in the queue, and how long it is expected to take: with how far that can be wrong. */
export function QueuePlace({ submission: { id, state } }: { readonly submission: Submission }) {
  const { t } = useTranslation('submission');
  const { duration, number } = useFormat();
  const { data: queue } = useQuery({ ...queueQuery(id), refetchInterval: refreshMilliseconds });
  if (!queue) return null;
  const { place, hardware, workers, underWay, untilStart, untilEnd, measured } = queue;
  /** Where the bounds are the median there is nothing more to say. */
  const write = (kind: 'starts' | 'ends', { lower, median, upper }: ExpectedSeconds) =>
    t(lower === upper ? `${kind}About` : `${kind}In`, {
      lower: duration(lower),
      median: duration(median),
      upper: duration(upper),
    });
  return (
    <section className={styles.wait} aria-live="off">
      {state === 'queued' && place !== null && (
        <p>
          <strong>{place === 1 ? t('next') : t('place', { place: number(place) })}</strong>{' '}
          {t('underWay', { count: underWay })}
        </p>
      )}
      {state === 'queued' && workers === 0 && underWay === 0 && (
        <p>
          <strong>{t('noWorker', { hardware: t(`hardware_${hardware}`) })}</strong> {t('noWorkerNext')}
        </p>
      )}
      {untilStart && <p>{untilStart.upper < 1 ? t('startsNow') : write('starts', untilStart)}</p>}
      {untilEnd && <p>{untilEnd.upper < 1 ? t('overdue') : write('ends', untilEnd)}</p>}
      <p className={styles.note}>{untilEnd ? t('measuredBy', { count: measured }) : t('notMeasured')}</p>
    </section>
  );
}
