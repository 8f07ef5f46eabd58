import { useEffect, useMemo, useState } from 'react';
import type { BoardRow } from '../../boards/board-row.js';

/** A row that has just come is marked for this long. */
const newForMilliseconds = 6000;

/** Rows that have just come to the board, so that they are seen and heard. */
export function useNewRows() {
  const [rows, setRows] = useState<readonly BoardRow[]>([]);
  useEffect(() => {
    if (rows.length === 0) return;
    const timer = setTimeout(() => setRows([]), newForMilliseconds);
    return () => clearTimeout(timer);
  }, [rows]);
  const keys = useMemo(() => new Set(rows.map(({ key }) => key)), [rows]);
  return { rows, keys, add: setRows };
}
