import type { Submission } from '@holdout/contracts';
import { Button } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { isFinalState } from '../../api/contracts.js';
import { useFormat } from '../../format/use-format.js';
import { downloadText } from '../leaderboard/download.js';
import styles from './check-log.module.css';

const lineHeight = 20;
/** Whoever is so near the end sees what is added to it. */
const nearEndPixels = 40;

interface CheckLogProps {
  readonly submission: Submission;
  readonly lines: readonly string[];
}

/** What the bundle printed on the public sample, as it comes; of a hundred thousand lines only those in sight are drawn. */
export function CheckLog({ submission: { id, state }, lines }: CheckLogProps) {
  const { t } = useTranslation('submission');
  const { number } = useFormat();
  const frame = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const lastTop = useRef(0);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the number of lines that moves the end
  useEffect(() => {
    if (isAtEnd.current) frame.current?.scrollTo({ top: frame.current.scrollHeight });
  }, [lines.length]);
  return (
    <div className={styles.section}>
      <div className={styles.head}>
        <h2>{t('log')}</h2>
        {lines.length > 0 && (
          <>
            <span className={styles.note}>{t('lines', { count: lines.length, lines: number(lines.length) })}</span>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => downloadText(`${id}.log`, 'text/plain;charset=utf-8', `${lines.join('\n')}\n`)}
            >
              {t('download')}
            </Button>
          </>
        )}
      </div>
      <p className={styles.note}>{t('logNote')}</p>
      {lines.length === 0 ? (
        <p>{t(isFinalState(state) ? 'logEmpty' : 'logWaiting')}</p>
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: it is a section of a section, and scrolls
        <div
          ref={frame}
          className={styles.frame}
          role="region"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
          tabIndex={0}
          aria-label={t('log')}
          onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
            // Lines that come meanwhile move the end away from the reader: only the reader moves up.
            if (scrollTop < lastTop.current) isAtEnd.current = false;
            if (scrollHeight - scrollTop - clientHeight < nearEndPixels) isAtEnd.current = true;
            lastTop.current = scrollTop;
          }}
        >
          <div className={styles.lines} style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map(({ index, start }) => (
              <code key={index} className={styles.line} style={{ transform: `translateY(${start}px)` }}>
                {lines[index] || ' '}
              </code>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
