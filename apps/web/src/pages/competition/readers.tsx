import type { Competition } from '@holdout/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { keyOfReader } from '../../boards/board-row.js';
import { formatInterval, formatMetric } from '../../boards/format-value.js';
import { phaseBoardPath, windowQuery } from '../../boards/read-board.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import styles from './competition-page.module.css';

/** Who read the studies of the first phase, and how well each agrees with the gold standard. */
export function Readers({ competition: { competition, phases } }: { readonly competition: Competition }) {
  const { t } = useTranslation('competition');
  const [phase] = phases;
  const address = phaseBoardPath(competition, phase?.phase ?? '');
  const { data, error, refetch } = useQuery({
    ...windowQuery({ address, at: null }, 0),
    enabled: phase !== undefined,
  });
  if (!phase) return <p>{t('noReaders')}</p>;
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading lines={3} />;
  const { readers, decimals } = data.facts;
  if (readers.length === 0) return <p>{t('noReaders')}</p>;
  return (
    <>
      <p>{t('readersIntro', { phase: phase.title })}</p>
      <ul>
        {readers.map(({ name, best, kappa, kappaInterval }) => (
          <li key={name}>
            <Link
              to="/competitions/$competition/leaderboard"
              params={{ competition }}
              search={{ phase: phase.phase }}
              hash={keyOfReader(name)}
            >
              {name}
            </Link>
            {': '}
            {t('readerKappa', { kappa: formatMetric(kappa, decimals) ?? '—' })}
            {kappaInterval && <span className={styles.note}> ({formatInterval(kappaInterval)})</span>}
            {best && ` · ${t('bestReader')}`}
          </li>
        ))}
      </ul>
    </>
  );
}
