import type { PhaseRecord } from '@holdout/db';
import type { RouteParts } from '../app.js';
import { ChangeWait } from '../change-feed.js';
import { heartbeat, type StreamItem } from '../event-stream.js';
import type { BoardCache } from './board-cache.js';

/** A board is sent at most this often, however many evaluations report their progress. */
const pauseSeconds = 0.5;

/** The whole board, at once and whenever it differs from the one that was sent last (`known` is its version). */
export async function* streamBoard(
  { boards, changes, heartbeatSeconds }: RouteParts & { boards: BoardCache },
  phase: PhaseRecord,
  known: string | null,
  signal: AbortSignal,
): AsyncGenerator<StreamItem> {
  const wait = new ChangeWait(changes, (change) => change.phaseId === phase.id, signal);
  try {
    let sent = known;
    while (!signal.aborted) {
      const { board, version } = await boards.read(phase);
      if (version !== sent) yield { event: 'leaderboard', id: version, data: board };
      sent = version;
      await pause(pauseSeconds, signal);
      if (!(await wait.next(heartbeatSeconds))) yield heartbeat;
    }
  } finally {
    wait.close();
  }
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    signal.addEventListener('abort', end);
  });
}
