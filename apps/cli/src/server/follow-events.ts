import { isFinalState, type SubmissionEvent, submissionEventSchema, submissionSchema } from '@holdout/contracts';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { CommandError } from '../command-error.js';
import type { ServerConfig } from '../config.js';
import { Patience } from './patience.js';
import { authorise, explainUnreachable, readProblem, requestJson } from './request.js';

/** The server says something every 15 seconds, so a connection that is silent for this long is dead. */
const silenceMilliseconds = 45_000;
interface Follow {
  readonly submissionId: string;
  readonly signal: AbortSignal;
  /** false: only what has happened so far. */
  readonly untilEnd?: boolean;
  /** Called once each time the connection is lost, and once each time it is back. */
  readonly onConnection: (state: 'lost' | 'back') => void;
}

/**
 * What happens to a submission, until it has ended. A connection that breaks, or a server that is started anew, is
 * waited for, and the stream goes on after the last event that was seen.
 *
 * @throws CommandError where the server refuses, or stays away for ten minutes
 */
export async function* followEvents(config: ServerConfig, follow: Follow): AsyncGenerator<SubmissionEvent> {
  const { submissionId, signal, onConnection, untilEnd = true } = follow;
  const address = `${config.server}/api/submissions/${encodeURIComponent(submissionId)}/events`;
  const patience = new Patience({ signal, onConnection });
  const onHeard = () => patience.heard();
  let lastEventId = '';
  for (;;) {
    let hasMessages = false;
    try {
      const messages = connect(config, { address, lastEventId, signal, onHeard, untilEnd });
      for await (const { id, data } of messages) {
        hasMessages = true;
        const event = submissionEventSchema.safeParse(JSON.parse(data));
        // What a newer server says besides is not for us.
        if (event.success) yield event.data;
        lastEventId = id ?? lastEventId;
        if (event.success && event.data.kind === 'state' && isFinalState(event.data.state)) return;
      }
      if (!untilEnd) return;
      // What is still missing comes first on the next connection, so this is asked only where nothing is.
      if (!hasMessages && (await hasEnded(config, submissionId, signal))) return;
    } catch (error) {
      patience.lost(error);
    }
    await patience.pause();
  }
}

interface Connection {
  readonly address: string;
  readonly lastEventId: string;
  readonly signal: AbortSignal;
  readonly onHeard: () => void;
  readonly untilEnd: boolean;
}

/** One connection's messages; it ends where the server ends it, or where it has been silent for too long. */
async function* connect(config: ServerConfig, connection: Connection): AsyncGenerator<EventSourceMessage> {
  const { address, lastEventId, signal, onHeard, untilEnd } = connection;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), silenceMilliseconds);
  const headers = {
    accept: 'text/event-stream',
    ...authorise(config),
    ...(lastEventId === '' ? {} : { 'last-event-id': lastEventId }),
  };
  try {
    const response = await fetch(address, { headers, signal: AbortSignal.any([signal, silence.signal]) });
    if (!response.ok) throw readProblem(config, response.status, await response.text());
    const onBytes = () => {
      timer.refresh();
      onHeard();
    };
    yield* readMessages(response.body ?? [], { onBytes, untilEnd });
  } catch (error) {
    signal.throwIfAborted();
    if (silence.signal.aborted) return;
    throw error instanceof CommandError ? error : explainUnreachable(config, error);
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/**
 * Every byte is a sign of life, the comments that carry no message too. The server makes one when it has told everything
 * that has happened so far.
 */
async function* readMessages(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { onBytes, untilEnd }: { onBytes: () => void; untilEnd: boolean },
): AsyncGenerator<EventSourceMessage> {
  const decoder = new TextDecoder();
  const waiting: EventSourceMessage[] = [];
  let isUpToDate = false;
  const onComment = () => {
    isUpToDate = true;
  };
  const parser = createParser({ onEvent: (message) => waiting.push(message), onComment });
  for await (const chunk of body) {
    onBytes();
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* waiting.splice(0);
    if (isUpToDate && !untilEnd) return;
  }
}

/** Some proxies hold streams back, and a client that has seen everything is answered 204, without a last word. */
async function hasEnded(config: ServerConfig, submissionId: string, signal: AbortSignal): Promise<boolean> {
  const path = `/api/submissions/${encodeURIComponent(submissionId)}`;
  return isFinalState((await requestJson(config, { path, schema: submissionSchema, signal })).state);
}
