/** What a page is told while it follows a stream of server-sent events. */
export interface EventFollower {
  /** By the event's name; data is what was sent, not parsed yet. A stream that was opened anew may repeat an `id`. */
  readonly on: Readonly<Record<string, (data: string, id: string) => void>>;
  /** `connecting` before the first event and after a lost connection. */
  onConnection?(state: Connection): void;
}
export type Connection = 'live' | 'connecting';

/** A stream that the server ended for good, such as by an error, is opened again after this time. */
const reopenMilliseconds = 5000;

/**
 * Follows a stream for as long as the page is looked at. A page in the background lets go of its connection: browsers
 * allow only six to one server, and other pages need them.
 *
 * @returns what ends it
 */
export function followEvents(address: string, { on, onConnection }: EventFollower): () => void {
  let source: EventSource | null = null;
  let reopening: ReturnType<typeof setTimeout> | undefined;

  const open = (): void => {
    if (source !== null || document.hidden) return;
    const opened = new EventSource(address);
    source = opened;
    for (const [name, handle] of Object.entries(on)) {
      opened.addEventListener(name, ({ data, lastEventId }: MessageEvent<string>) => {
        onConnection?.('live');
        handle(data, lastEventId);
      });
    }
    opened.addEventListener('open', () => onConnection?.('live'));
    opened.addEventListener('error', () => {
      onConnection?.('connecting');
      if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
      source = null;
      reopening = setTimeout(open, reopenMilliseconds);
    });
  };
  const close = (): void => {
    clearTimeout(reopening);
    source?.close();
    source = null;
  };
  const followVisibility = (): void => (document.hidden ? close() : open());

  document.addEventListener('visibilitychange', followVisibility);
  open();
  return () => {
    document.removeEventListener('visibilitychange', followVisibility);
    close();
  };
}
