import type { RouteParts } from '../app.js';
import { ChangeWait } from '../change-feed.js';
import { heartbeat, type StreamItem } from '../event-stream.js';
import type { PreparedBoard } from './prepared-board.js';

/** A board is sent at most this often, however many evaluations end. */
const pauseSeconds = 0.5;

interface FollowedBoard {
  phaseId: string;
  read: () => Promise<PreparedBoard>;
  /** The version that the reader has. */
  known: string | null;
}

/** The board, at once and whenever it differs from the one that was sent last. */
export async function* streamBoard(
  { changes, heartbeatSeconds }: RouteParts,
  { phaseId, read, known }: FollowedBoard,
  signal: AbortSignal,
): AsyncGenerator<StreamItem> {
  const wait = new ChangeWait(changes, (change) => change.phaseId === phaseId && !change.progress, signal);
  try {
    let sent = known;
    while (!signal.aborted) {
      const { text, version } = await read();
      if (version !== sent) yield { event: 'leaderboard', id: version, json: text };
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
