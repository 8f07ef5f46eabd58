import type { Leaderboard } from '@holdout/contracts';
import { makeElement } from './make-element.js';

interface PastOptions {
  /** Where a board is read, without a query. */
  readonly address: string;
  readonly limit: number;
  /** A past board, null for the present one, or why it could not be read. */
  onBoard(board: Leaderboard | null): void;
  onFailure(reason: string): void;
}

/** A date to see the board as it stood at the end of that day, and a way back. */
export function makePastControl({ address, limit, onBoard, onFailure }: PastOptions): HTMLElement {
  const date = makeElement('input', { type: 'date', max: formatDay(new Date()) }) as HTMLInputElement;
  const back = makeElement('button', { type: 'button', hidden: '' }, ['Back to now']);
  let asked = 0;
  const show = async (): Promise<void> => {
    asked += 1;
    const mine = asked;
    back.hidden = date.value === '';
    if (date.value === '') {
      onBoard(null);
      return;
    }
    try {
      const board = await read(`${address}?limit=${limit}&at=${encodeURIComponent(endOfDay(date.value))}`);
      // Whoever turns the days quickly sees the last one.
      if (mine === asked) onBoard(board);
    } catch (error) {
      if (mine === asked) onFailure(error instanceof Error ? error.message : String(error));
    }
  };
  date.addEventListener('change', () => void show());
  back.addEventListener('click', () => {
    date.value = '';
    void show();
    date.focus();
  });
  return makeElement('p', { class: 'past' }, [makeElement('label', {}, ['The board as of ', date]), ' ', back]);
}

async function read(address: string): Promise<Leaderboard> {
  const response = await fetch(address, { headers: { accept: 'application/json' } });
  const body = await response.json();
  if (!response.ok) throw new Error(`${body.title} ${body.next}`);
  return body;
}

/** In the reader's own time zone; a day that has not ended yet is now. */
function endOfDay(day: string): string {
  const end = new Date(`${day}T23:59:59.999`);
  return new Date(Math.min(end.getTime(), Date.now())).toISOString();
}

function formatDay(date: Date): string {
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part) => String(part).padStart(2, '0')).join('-');
}
