import type { IncomingMessage } from 'node:http';
import { HoldoutError } from '@holdout/contracts';
import { drainRequest } from './drain-request.js';
import { readFlow } from './read-flow.js';

/** A request's body as the tus library takes it. */
export interface UploadPart {
  readonly stream: ReadableStream<Uint8Array>;
  /** Whether its sender fell silent. */
  readonly stalled: boolean;
  /** Takes what was left of it off the line. */
  end(): void;
}

/**
 * Hands a request's bytes on as they come. A connection that breaks, or stays silent, is no error here but the end of the
 * part: what came before it is kept, and the sender goes on from there.
 */
export function openPart(incoming: IncomingMessage, silenceSeconds: number): UploadPart {
  const chunks = incoming.iterator({ destroyOnReturn: false });
  let stalled = false;
  async function* readChunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* readFlow(chunks, silenceSeconds);
    } catch (error) {
      stalled = error instanceof HoldoutError;
    }
  }
  return {
    get stalled() {
      return stalled;
    },
    stream: ReadableStream.from(readChunks()) as ReadableStream<Uint8Array>,
    end() {
      if (incoming.readableEnded) return;
      drainRequest(incoming);
      // Nothing flows while the iterator listens: until the chunk that it waits for is there, and to the end of this tick.
      void chunks.return?.().finally(() => setImmediate(() => incoming.resume()));
    },
  };
}
