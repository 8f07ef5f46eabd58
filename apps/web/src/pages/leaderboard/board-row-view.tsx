import { memo, type Ref } from 'react';
import { type BoardFacts, type BoardRow, listOtherMetrics } from '../../boards/board-row.js';
import { formatMetric } from '../../boards/format-value.js';
import {
  type CellWords,
  DateCell,
  KappaCell,
  ModelCell,
  RankCell,
  TeamCell,
  TypeCell,
  VerdictCell,
} from './board-cells.js';
import styles from './board-table.module.css';
import { ChangeWords } from './change-words.js';
import type { RankChange } from './explain-change.js';
import { ForestPlot } from './forest-plot.js';
import type { PlotScale } from './plot-scale.js';

interface RowProps {
  readonly row: BoardRow;
  readonly facts: BoardFacts;
  readonly scale: PlotScale;
  readonly words: CellWords;
  /** Its number among the rows that are shown, from 0, and where it lies. */
  readonly index: number;
  readonly top: number;
  readonly isNew: boolean;
  readonly isLinked: boolean;
  /** Whether it is of the reader's own team. */
  readonly isOwn: boolean;
  /** On a past board: what became of it; null for references. */
  readonly change: RankChange | null | undefined;
  readonly ref: Ref<HTMLDivElement>;
}

/** One entry. Cells stand in columns where there is room, and as a card where there is not. */
export const BoardRowView = memo(function BoardRowView(props: RowProps) {
  const { row, facts, scale, words, index, top, isNew, isLinked, isOwn, change, ref } = props;
  const { t, names, decimals } = words;
  const { studyTypes } = facts;
  const classes = [
    styles.row,
    row.kind !== 'team' && styles.referenceRow,
    isNew && styles.newRow,
    isLinked && styles.linkedRow,
  ];
  return (
    <div
      role="row"
      ref={ref}
      data-index={index}
      data-entry={row.key}
      aria-rowindex={index + 2}
      aria-current={isLinked || undefined}
      className={classes.filter(Boolean).join(' ')}
      style={{ transform: `translateY(${top}px)` }}
    >
      <Cell className={styles.rank}>
        <RankCell row={row} words={words} />
      </Cell>
      <Cell className={styles.team}>
        <TeamCell row={row} words={words} isOwn={isOwn} />
      </Cell>
      <Cell className={styles.model}>
        <ModelCell row={row} words={words} />
      </Cell>
      <Cell className={styles.date}>
        <DateCell row={row} words={words} />
      </Cell>
      <Cell className={styles.kappa}>
        <span className={styles.kappaValue}>
          <KappaCell row={row} words={words} />
        </span>
        <ForestPlot row={row} scale={scale} />
      </Cell>
      {listOtherMetrics(facts).map((metric) => (
        <Cell key={metric} className={styles.metric} label={names.metric(metric)}>
          {formatMetric(row.metrics[metric], decimals) ?? '—'}
        </Cell>
      ))}
      <Cell className={styles.verdict} label={t('verdict')}>
        <VerdictCell row={row} words={words} />
      </Cell>
      {studyTypes.length > 0 && (
        <div role="presentation" className={styles.types}>
          {studyTypes.map((studyType) => (
            <Cell key={studyType} className={styles.type} label={names.studyType(studyType)}>
              <TypeCell row={row} words={words} studyType={studyType} />
            </Cell>
          ))}
        </div>
      )}
      {change && (
        <Cell className={styles.change} label={t('sinceThen')}>
          <ChangeWords change={change} />
        </Cell>
      )}
    </div>
  );
});

/** `label` is what a card has in place of the column's heading. */
function Cell({
  className,
  label,
  children,
}: {
  readonly className: string | undefined;
  readonly label?: string;
  readonly children: React.ReactNode;
}) {
  return (
    <div role="cell" className={`${styles.cell} ${className}`} {...(label ? { 'data-label': label } : {})}>
      {children}
    </div>
  );
}
