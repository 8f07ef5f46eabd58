import { type CSSProperties, type RefObject, useLayoutEffect, useState } from 'react';
import { type BoardFacts, listOtherMetrics } from '../../boards/board-row.js';

/** A column's least width, and its share of what is left over; all in rem, the size of the page's letters. */
interface Width {
  readonly least: number;
  readonly share?: number;
}

const gap = 0.35;
/** Left and right of a row, and its border. */
const sides = 1.7;

/** Where there is room, rows stand in columns; where there is not, each is a card. */
export type BoardLayout = 'columns' | 'cards';

/** The widths of the columns, which headings and rows have in common. */
export function writeColumns(facts: BoardFacts): CSSProperties {
  const columns = listWidths(facts).map(({ least, share }) =>
    share ? `minmax(${least}rem, ${share}fr)` : `${least}rem`,
  );
  return { '--columns': columns.join(' '), '--gap': `${gap}rem` } as CSSProperties;
}

/** Lays the board out by the room that it has: how much it needs is a matter of its study types and metrics. */
export function useBoardLayout(frame: RefObject<HTMLElement | null>, facts: BoardFacts): BoardLayout {
  const [layout, setLayout] = useState<BoardLayout>('columns');
  const widths = listWidths(facts);
  const leastRem = widths.reduce((sum, { least }) => sum + least, 0) + (widths.length - 1) * gap + sides;
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const choose = (): void => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setLayout(element.clientWidth < leastRem * rem ? 'cards' : 'columns');
    };
    choose();
    const observer = new ResizeObserver(choose);
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame, leastRem]);
  return layout;
}

function listWidths(facts: BoardFacts): Width[] {
  return [
    { least: 4.6 },
    { least: 7.4, share: 1 },
    { least: 8, share: 1.3 },
    { least: 5.9 },
    { least: 12, share: 2.4 },
    ...listOtherMetrics(facts).map(() => ({ least: 5 })),
    { least: 5.9 },
    ...facts.studyTypes.map(() => ({ least: 2.75, share: 0.42 })),
  ];
}
