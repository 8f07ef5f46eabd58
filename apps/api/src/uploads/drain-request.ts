import type { IncomingMessage } from 'node:http';

/** How long the rest of a refused upload is taken off the line, so that its sender reads the answer. */
const drainTimeoutMilliseconds = 30_000;

/** Takes what is still on the line, and forgets it. Node does this by itself only for bodies that nobody has begun to read. */
export function drainRequest(incoming: IncomingMessage): void {
  incoming.unpipe();
  incoming.resume();
  const giveUp = setTimeout(() => incoming.destroy(), drainTimeoutMilliseconds);
  incoming.once('close', () => clearTimeout(giveUp));
}
