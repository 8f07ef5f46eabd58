import type { IncomingMessage } from 'node:http';
import { drainRequest } from './drain-request.js';

/** A request's body as the tus library takes it. */
export interface UploadPart {
  readonly stream: ReadableStream<Uint8Array>;
  /** Takes what was left of it off the line. */
  end(): void;
}

/**
 * Hands a request's bytes on as they come. A connection that breaks is no error here but the end of the part: what came
 * before it is kept, and the sender goes on from there.
 */
export function openPart(incoming: IncomingMessage): UploadPart {
  const chunks = incoming.iterator({ destroyOnReturn: false });
  async function* readChunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const step = await chunks.next().catch(() => null);
      if (!step || step.done) return;
      yield step.value;
    }
  }
  return {
    stream: ReadableStream.from(readChunks()) as ReadableStream<Uint8Array>,
    end() {
      if (incoming.readableEnded) return;
      drainRequest(incoming);
      // Nothing flows while the iterator listens: until the chunk that it waits for is there, and to the end of this tick.
      void chunks.return?.().finally(() => setImmediate(() => incoming.resume()));
    },
  };
}
