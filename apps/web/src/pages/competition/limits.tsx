import type { Phase } from '@holdout/contracts';
import { useTranslation } from 'react-i18next';
import { type Format, useFormat } from '../../format/use-format.js';
import styles from './competition-page.module.css';

const quotas = ['perDay', 'total', 'atOnce'] as const;

type Limit =
  | 'bundleSize'
  | 'runTime'
  | 'cpuTime'
  | 'memory'
  | 'scratch'
  | 'processes'
  | 'openFiles'
  | 'fileSize'
  | 'output'
  | 'log';

/** In the order in which a team meets them; null is without limit. */
const limits: readonly [Limit, (limits: Phase['limits'], format: Format) => string | null][] = [
  ['bundleSize', ({ bundleSizeBytes }, { size }) => size(bundleSizeBytes)],
  ['runTime', ({ timeLimitSeconds }, { duration }) => duration(timeLimitSeconds)],
  ['cpuTime', ({ cpuLimitSeconds }, { duration }) => (cpuLimitSeconds === null ? null : duration(cpuLimitSeconds))],
  ['memory', ({ memoryLimitBytes }, { size }) => size(memoryLimitBytes)],
  ['scratch', ({ scratchSizeBytes }, { size }) => size(scratchSizeBytes)],
  ['processes', ({ processLimit }, { number }) => number(processLimit)],
  ['openFiles', ({ openFileLimit }, { number }) => number(openFileLimit)],
  ['fileSize', ({ fileSizeBytes }, { size }) => size(fileSizeBytes)],
  ['output', ({ outputSizeBytes }, { size }) => size(outputSizeBytes)],
  ['log', ({ logSizeBytes }, { size }) => size(logSizeBytes)],
];

/** What each phase allows: how many submissions, and what a run may use. */
export function Limits({ phases }: { readonly phases: readonly Phase[] }) {
  const { t } = useTranslation('competition');
  const format = useFormat();
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label={t('limits')}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('limit')}</th>
              {phases.map(({ phase, title }) => (
                <th key={phase} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {quotas.map((quota) => (
              <Row
                key={quota}
                title={t(quota)}
                cells={phases.map(({ quotas: { [quota]: count } }) => (count === null ? null : format.number(count)))}
              />
            ))}
            {limits.map(([limit, write]) => (
              <Row key={limit} title={t(limit)} cells={phases.map((phase) => write(phase.limits, format))} />
            ))}
          </tbody>
        </table>
      </section>
      <p className={styles.note}>{t('limitsNote')}</p>
    </>
  );
}

function Row({ title, cells }: { readonly title: string; readonly cells: readonly (string | null)[] }) {
  const { t } = useTranslation('competition');
  return (
    <tr>
      <th scope="row">{title}</th>
      {cells.map((cell, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: columns stand in the order of the phases, and never move
        <td key={column}>{cell ?? t('without')}</td>
      ))}
    </tr>
  );
}
