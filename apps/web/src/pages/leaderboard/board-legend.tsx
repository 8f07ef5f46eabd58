import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './board-legend.module.css';
import { heatStyle } from './heat-colours.js';

interface BoardLegendProps {
  readonly hasTypes: boolean;
  readonly hasReaders: boolean;
  /** How many entries there are. */
  readonly children: ReactNode;
}

/** What the marks of the plots and the colours of the strip stand for. */
export function BoardLegend({ children, ...has }: BoardLegendProps) {
  return (
    <div className={styles.frame}>
      <Marks {...has} />
      <Text size="sm" c="dimmed" role="status">
        {children}
      </Text>
    </div>
  );
}

function Marks({ hasTypes, hasReaders }: Omit<BoardLegendProps, 'children'>) {
  const { t } = useTranslation('leaderboard');
  return (
    <ul className={styles.legend} aria-label={t('legend')}>
      <li>
        <svg width="34" height="12" aria-hidden="true" className={styles.bar}>
          <path d="M2 6H32M2 2V10M32 2V10" />
          <circle cx="17" cy="6" r="4.5" />
        </svg>
        {t('legendBar')}
      </li>
      {hasReaders && (
        <>
          <li>
            <svg width="14" height="14" aria-hidden="true" className={styles.reference}>
              <path d="M7 1.5 12.5 7 7 12.5 1.5 7Z" />
            </svg>
            {t('legendReference')}
          </li>
          <li>
            <svg width="6" height="14" aria-hidden="true" className={styles.bestReader}>
              <path d="M3 0V14" />
            </svg>
            {t('legendBestReader')}
          </li>
          <li>
            <svg width="6" height="14" aria-hidden="true" className={styles.reader}>
              <path d="M3 0V14" />
            </svg>
            {t('legendReader')}
          </li>
        </>
      )}
      {hasTypes && (
        <li>
          <span className={styles.strip} aria-hidden="true">
            {[0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8].map((kappa) => (
              <span key={kappa} style={heatStyle(kappa)} />
            ))}
          </span>
          {t('legendStrip')}
        </li>
      )}
    </ul>
  );
}
