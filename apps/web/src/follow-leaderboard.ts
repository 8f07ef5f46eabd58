import type { Leaderboard } from '@holdout/contracts';

/** What the page is told while it follows a leaderboard. */
export interface LeaderboardFollower {
  onBoard(board: Leaderboard): void;
  /** `connecting` before the first board and after a lost connection. */
  onConnection(state: 'live' | 'connecting'): void;
}

/** A stream that the server ended for good, such as by an error, is opened again after this time. */
const reopenMilliseconds = 5000;

/**
 * Follows a leaderboard by server-sent events for as long as the page is looked at. A page in the background
 * lets go of its connection: browsers allow only six to one server, and other pages need them.
 */
export function followLeaderboard(address: string, follower: LeaderboardFollower): void {
  let source: EventSource | null = null;

  const open = (): void => {
    if (source !== null || document.hidden) return;
    const opened = new EventSource(address);
    source = opened;
    opened.addEventListener('leaderboard', (event: MessageEvent<string>) => {
      follower.onConnection('live');
      follower.onBoard(JSON.parse(event.data));
    });
    opened.addEventListener('open', () => follower.onConnection('live'));
    opened.addEventListener('error', () => {
      follower.onConnection('connecting');
      if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
      source = null;
      setTimeout(open, reopenMilliseconds);
    });
  };

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else {
      open();
    }
  });
  open();
}
