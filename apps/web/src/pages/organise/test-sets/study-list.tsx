import { UnstyledButton } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../../format/use-names.js';
import { isDisputed, type Study } from './filter-studies.js';
import styles from './study-list.module.css';

const rowHeight = 50;

interface StudyListProps {
  readonly studies: readonly Study[];
  readonly open: string | undefined;
  /** What the arrow keys come to, while the focus stays in the list. */
  readonly onOpen: (study: string) => void;
  /** What is pressed. */
  readonly onChoose: (study: string) => void;
}

/** The studies that can be seen, and a few more: there may be forty thousand. Arrow keys go from one to the next. */
export function StudyList({ studies, open, onOpen, onChoose }: StudyListProps) {
  const { t } = useTranslation('organise');
  const frame = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count: studies.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    getItemKey: (index) => studies[index]?.study ?? index,
  });
  const showOpen = useEffectEvent(() => {
    const index = studies.findIndex(({ study }) => study === open);
    if (index >= 0) virtualizer.scrollToIndex(index);
  });
  useEffect(() => {
    if (open !== undefined) showOpen();
  }, [open]);
  const step = (event: React.KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = studies[studies.findIndex(({ study }) => study === open) + by];
    if (next) onOpen(next.study);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section ref={frame} className={styles.frame} aria-label={t('studies')} tabIndex={0} onKeyDown={step}>
      <ul className={styles.list} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const study = studies[index];
          return (
            study && (
              <li
                key={key}
                aria-posinset={index + 1}
                aria-setsize={studies.length}
                className={styles.item}
                style={{ transform: `translateY(${start}px)`, height: rowHeight }}
              >
                <StudyButton study={study} isOpen={study.study === open} onChoose={onChoose} />
              </li>
            )
          );
        })}
      </ul>
    </section>
  );
}

interface StudyButtonProps {
  readonly study: Study;
  readonly isOpen: boolean;
  readonly onChoose: (study: string) => void;
}

function StudyButton({ study, isOpen, onChoose }: StudyButtonProps) {
  const { t } = useTranslation('organise');
  const names = useNames();
  return (
    <UnstyledButton className={styles.study} aria-current={isOpen} onClick={() => onChoose(study.study)}>
      <span className={styles.name}>{study.source ?? study.study}</span>
      <span className={styles.label}>{t(`label_${study.goldLabel}`)}</span>
      <span className={styles.small}>
        {names.studyType(study.studyType)} · {t('images', { count: study.images })}
      </span>
      <span className={`${styles.small} ${styles.label}`}>{isDisputed(study) ? t('disputed') : ''}</span>
    </UnstyledButton>
  );
}
