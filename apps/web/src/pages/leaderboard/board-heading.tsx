import { useTranslation } from 'react-i18next';
import { formatKappa } from '../../boards/format-value.js';
import { useNames } from '../../format/use-names.js';
import type { Sorting } from './arrange-rows.js';
import styles from './board-table.module.css';
import type { Column, ColumnTitle } from './columns.js';
import { ForestAxis } from './forest-plot.js';
import type { PlotScale } from './plot-scale.js';

interface HeadingProps {
  readonly columns: readonly Column[];
  readonly sorting: Sorting | null;
  readonly onSort: (column: Column) => void;
  readonly scale: PlotScale;
  readonly hasChanges: boolean;
}

/** The columns' titles, each a button that puts the rows in its order. */
export function BoardHeading({ columns, sorting, onSort, scale, hasChanges }: HeadingProps) {
  const { t } = useTranslation('leaderboard');
  return (
    <div role="rowgroup" className={styles.heading}>
      <div role="row" aria-rowindex={1} className={styles.headingRow}>
        {columns.map((column) => (
          <ColumnHeading key={column.id} column={column} sorting={sorting} onSort={onSort}>
            {column.id === 'kappa' && <ForestAxis scale={scale} format={(tick) => formatKappa(tick, 1)} />}
          </ColumnHeading>
        ))}
        {hasChanges && (
          <div role="columnheader" className="heard">
            {t('sinceThen')}
          </div>
        )}
      </div>
    </div>
  );
}

interface ColumnHeadingProps extends Pick<HeadingProps, 'sorting' | 'onSort'> {
  readonly column: Column;
  readonly children: React.ReactNode;
}

function ColumnHeading({ column, sorting, onSort, children }: ColumnHeadingProps) {
  const title = useColumnTitle();
  const isBoardOrder = sorting === null && column.id === 'rank';
  const isChosen = sorting?.column.id === column.id || isBoardOrder;
  const isDescending = isChosen && !isBoardOrder && sorting?.greatestFirst === true;
  const order = isChosen ? (isDescending ? 'descending' : 'ascending') : 'none';
  const [place] = column.id.split('-');
  return (
    <div role="columnheader" aria-sort={order} className={`${styles.columnHeading} ${styles[`${place}Heading`] ?? ''}`}>
      <button type="button" onClick={() => onSort(column)} className={styles.sortButton}>
        {title(column.title)}
        <span aria-hidden="true" className={styles.sortMark}>
          {isChosen ? (isDescending ? '▼' : '▲') : '↕'}
        </span>
      </button>
      {children}
    </div>
  );
}

export function useColumnTitle(): (title: ColumnTitle) => string {
  const { t } = useTranslation('leaderboard');
  const names = useNames();
  return (title) => {
    if ('words' in title) return t(title.words);
    return 'metric' in title ? names.metric(title.metric) : names.studyType(title.studyType);
  };
}
