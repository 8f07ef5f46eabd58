import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BoardFacts, BoardRow } from '../../boards/board-row.js';
import { useFormat } from '../../format/use-format.js';
import { useNames } from '../../format/use-names.js';
import type { Sorting } from './arrange-rows.js';
import type { CellWords } from './board-cells.js';
import { BoardHeading } from './board-heading.js';
import { type BoardLayout, writeColumns } from './board-layout.js';
import { BoardRowView } from './board-row-view.js';
import styles from './board-table.module.css';
import type { Column } from './columns.js';
import type { RankChange } from './explain-change.js';
import type { PlotScale } from './plot-scale.js';

/** Heights before a row has been measured: in columns, and as a card. */
const rowHeight = 53;
const cardHeight = 148;

export interface BoardTableProps {
  readonly label: string;
  readonly facts: BoardFacts;
  readonly layout: BoardLayout;
  /** What has not been read yet is undefined. */
  readonly rows: readonly (BoardRow | undefined)[];
  readonly columns: readonly Column[];
  readonly sorting: Sorting | null;
  readonly onSort: (column: Column) => void;
  readonly scale: PlotScale;
  readonly newKeys: ReadonlySet<string>;
  /** The row that the page's address names. */
  readonly linkedKey: string;
  /** Whose row is marked; null for nobody's. */
  readonly ownTeam: string | null;
  readonly changeOf: ((row: BoardRow) => RankChange | null) | undefined;
  /** Says which rows are looked at. */
  readonly onLook: (first: number, last: number) => void;
}

/** The rows that can be seen, and a few more. Roles are spelled out, since no table could leave rows out. */
export function BoardTable(props: BoardTableProps) {
  const { label, facts, layout, rows, columns, sorting, onSort, scale, newKeys, linkedKey, ownTeam, changeOf, onLook } =
    props;
  const { t } = useTranslation('shell');
  const words = useCellWords(facts);
  const body = useRef<HTMLDivElement>(null);
  const margin = useTop(body);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (layout === 'cards' ? cardHeight : rowHeight),
    overscan: 10,
    scrollMargin: margin,
    // Rows that come a frame later are better than a page that stands still until they are drawn.
    useFlushSync: false,
    getItemKey: (index) => rows[index]?.key ?? index,
  });
  // What was measured in the one layout says nothing of the other.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the layout that this follows
  useLayoutEffect(() => virtualizer.measure(), [layout]);
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  const look = useEffectEvent(onLook);
  useEffect(() => look(first, last), [first, last]);
  useScrollToLinked(linkedKey, rows, (index) => virtualizer.scrollToIndex(index, { align: 'center' }));
  return (
    <div
      role="table"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      className={styles.table}
      style={writeColumns(facts)}
    >
      <BoardHeading
        columns={columns}
        sorting={sorting}
        onSort={onSort}
        scale={scale}
        hasChanges={changeOf !== undefined}
      />
      <div role="rowgroup" ref={body} className={styles.body} style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const row = rows[index];
          const top = start - margin;
          if (!row) {
            return (
              <div
                key={key}
                role="row"
                aria-rowindex={index + 2}
                className={styles.unread}
                style={{ transform: `translateY(${top}px)` }}
              >
                <span role="cell">{t('loading')}</span>
              </div>
            );
          }
          return (
            <BoardRowView
              key={key}
              ref={virtualizer.measureElement}
              row={row}
              facts={facts}
              scale={scale}
              words={words}
              index={index}
              top={top}
              isNew={newKeys.has(row.key)}
              isOwn={ownTeam !== null && row.team === ownTeam}
              isLinked={row.key === linkedKey}
              change={changeOf?.(row)}
            />
          );
        })}
      </div>
    </div>
  );
}

function useCellWords({ decimals }: BoardFacts): CellWords {
  const { t } = useTranslation('leaderboard');
  const format = useFormat();
  const names = useNames();
  return useMemo(() => ({ t, format, names, decimals }), [t, format, names, decimals]);
}

/** How far down the page an element begins, as the virtualizer needs to know. */
function useTop(element: React.RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = (): void => {
      const box = element.current?.getBoundingClientRect();
      if (box) setTop(Math.round(box.top + scrollY));
    };
    measure();
    // What stands above grows and shrinks: notices, a legend, lines that break.
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}

/** Once for each row that an address names, when it is there. */
function useScrollToLinked(
  key: string,
  rows: readonly (BoardRow | undefined)[],
  scrollTo: (index: number) => void,
): void {
  const shown = useRef('');
  const scroll = useEffectEvent(scrollTo);
  useEffect(() => {
    if (key === '' || shown.current === key) return;
    const index = rows.findIndex((row) => row?.key === key);
    if (index < 0) return;
    shown.current = key;
    scroll(index);
  }, [key, rows]);
}
