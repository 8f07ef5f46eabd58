import type { GroupIntervals, MetricName, Phase, PublishedScore, ScoreIntervals } from '@holdout/contracts';
import { useTranslation } from 'react-i18next';
import { metricNames } from '../../api/contracts.js';
import { formatInterval, formatMetric } from '../../boards/format-value.js';
import { useFormat } from '../../format/use-format.js';
import { useNames } from '../../format/use-names.js';
import styles from './submission-page.module.css';

interface ScoreTableProps {
  readonly score: PublishedScore;
  readonly intervals: ScoreIntervals | null;
  readonly phase: Phase | undefined;
}

/** Every metric with its interval, for all studies and for each study type. */
export function ScoreTable({ score, intervals, phase }: ScoreTableProps) {
  const { t } = useTranslation('submission');
  const { number, percent } = useFormat();
  const names = useNames();
  // As on the board, whatever they are called in the reader's language.
  const types = Object.keys(score.byStudyType).sort();
  const decimals = phase?.release.decimals ?? null;
  const rows = [
    { key: 'all', label: t('overall'), table: score.overall, group: intervals?.overall },
    ...types.map((type) => ({
      key: type,
      label: names.studyType(type),
      table: score.byStudyType[type],
      group: intervals?.byStudyType[type],
    })),
  ];
  return (
    <section aria-labelledby="score" className={styles.section}>
      <h2 id="score">{t('score')}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className={`more-aside ${styles.scroll}`} tabIndex={0} aria-labelledby="score">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('group')}</th>
              <th scope="col">{t('studies')}</th>
              {metricNames.map((metric) => (
                <th key={metric} scope="col">
                  {t(`short_${metric}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, label, table, group }) => (
              <tr key={key}>
                <th scope="row">{label}</th>
                <td>{number(table?.studies ?? 0)}</td>
                {metricNames.map((metric) => (
                  <td key={metric}>
                    <MetricCell value={table && formatMetric(table[metric], decimals)} />
                    <Bounds group={group} metric={metric} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className={styles.note}>
        {intervals ? t('intervalNote', { level: percent(intervals.level) }) : t('noIntervals')}{' '}
        {decimals !== null && t('roundedNote', { count: decimals })}{' '}
        {phase?.release.studyTypes === false && t('typesHidden')}
      </p>
      <UndefinedNotes score={score} />
    </section>
  );
}

function MetricCell({ value }: { readonly value: string | null | undefined }) {
  const { t } = useTranslation('submission');
  return value ?? <span className={styles.undefined}>{t('undefined')}</span>;
}

function Bounds({ group, metric }: { readonly group: GroupIntervals | undefined; readonly metric: MetricName }) {
  const { t } = useTranslation('submission');
  const bounds = group?.[metric].bootstrap;
  if (!bounds) return null;
  return <span className={styles.bounds}>{bounds.lower === null ? t('noInterval') : formatInterval(bounds)}</span>;
}

/** Why a metric of all studies has no value. */
function UndefinedNotes({ score: { overall } }: { readonly score: PublishedScore }) {
  const { t } = useTranslation('submission');
  return metricNames.map((metric) => {
    const value = overall[metric];
    if (value.value !== null) return null;
    return (
      <p key={metric} className={styles.note}>
        {t('undefinedNote', { metric: t(`short_${metric}`), reason: value.reason })}
      </p>
    );
  });
}
