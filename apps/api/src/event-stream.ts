import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** One server-sent event, or the comment that keeps proxies and dead connections honest. */
export type StreamItem =
  | { readonly event: string; readonly id: string; readonly data: unknown }
  /** The same, with what many readers are sent written once. */
  | { readonly event: string; readonly id: string; readonly json: string }
  | { readonly comment: string };

export const heartbeat: StreamItem = { comment: 'still here' };

/** How long a browser waits before it connects again. */
const retryMilliseconds = 2000;

/**
 * Answers with server-sent events until the source ends, the client leaves or the server closes.
 * The source is told through its signal, and must then return: its `finally` is where it cleans up.
 * A slow reader slows the source down, because items are pulled, not pushed.
 */
export function sendEventStream(
  reply: FastifyReply,
  closing: AbortSignal,
  source: (signal: AbortSignal) => AsyncIterable<StreamItem>,
): FastifyReply {
  const leave = new AbortController();
  const signal = AbortSignal.any([closing, leave.signal]);
  // The connection's end, not the stream's: a generator that waits lets its stream close only when it wakes.
  reply.raw.once('close', () => leave.abort());
  if (reply.raw.destroyed) leave.abort();
  return reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-cache, no-transform')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(writeItems(source(signal))));
}

async function* writeItems(items: AsyncIterable<StreamItem>): AsyncGenerator<string> {
  // The first bytes go out at once, so that the client knows it is connected.
  yield `retry: ${retryMilliseconds}\n\n`;
  for await (const item of items) yield writeItem(item);
}

/** JSON has no raw line breaks, so one `data:` line is always enough. */
function writeItem(item: StreamItem): string {
  if ('comment' in item) return `: ${item.comment}\n\n`;
  const json = 'json' in item ? item.json : JSON.stringify(item.data);
  return `id: ${item.id}\nevent: ${item.event}\ndata: ${json}\n\n`;
}
