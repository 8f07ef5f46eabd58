import { isFinalState } from '@holdout/contracts';
import { type EventRecord, listEvents, type SubmissionRecord } from '@holdout/db';
import type { FastifyReply } from 'fastify';
import type { RouteParts } from '../app.js';
import { ChangeWait } from '../change-feed.js';
import { heartbeat, type StreamItem, sendEventStream } from '../event-stream.js';
import { presentEvent } from './present-submission.js';

export interface StreamRequest {
  readonly lastEventId: string | string[] | undefined;
  /** Asked before each page of events, and at each heartbeat; false ends the stream. */
  readonly isStillAllowed: () => Promise<boolean>;
}

/**
 * Sends what happens to a submission, from the beginning or after the event that the client saw last.
 * A client that has seen the end is answered 204, which tells a browser not to connect again.
 */
export async function streamSubmission(
  parts: RouteParts,
  submission: SubmissionRecord,
  { lastEventId, isStillAllowed }: StreamRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const afterId = readEventId(lastEventId);
  if (afterId > 0 && isFinalState(submission.state)) {
    const [next] = await listEvents(parts.database, submission.evaluationId, afterId, 1);
    if (!next) return reply.code(204).send();
  }
  return sendEventStream(reply, parts.closing, (signal) =>
    followEvents(parts, submission, { afterId, isStillAllowed }, signal),
  );
}

const eventsPerPage = 1000;

/** Who asks only for what has happened so far can leave then. */
const upToDate: StreamItem = { comment: 'up to date' };

async function* followEvents(
  { database, changes, heartbeatSeconds }: RouteParts,
  { id, evaluationId }: SubmissionRecord,
  { afterId, isStillAllowed }: { afterId: number; isStillAllowed: StreamRequest['isStillAllowed'] },
  signal: AbortSignal,
): AsyncGenerator<StreamItem> {
  const wait = new ChangeWait(changes, (change) => change.submissionId === id, signal);
  try {
    let lastId = afterId;
    let hasToldAll = false;
    while (!signal.aborted) {
      const events = await listEvents(database, evaluationId, lastId, eventsPerPage);
      // After the events were read: nothing is sent that was written when its reader had left the team.
      if (!(await isStillAllowed())) return;
      for (const event of events) {
        yield { event: event.kind, id: String(event.id), data: presentEvent(event) };
        if (isLast(event)) return;
        lastId = event.id;
      }
      // A whole page may be followed by another one at once. What was written since any other was read ends the wait.
      if (events.length === eventsPerPage) continue;
      if (!hasToldAll) yield upToDate;
      hasToldAll = true;
      if (!(await wait.next(heartbeatSeconds))) yield heartbeat;
    }
  } finally {
    wait.close();
  }
}

function isLast(event: EventRecord): boolean {
  return event.kind === 'state' && isFinalState(event.data.state);
}

/** What isn't one of our ids is taken for none: the client then sees everything once more. */
function readEventId(header: string | string[] | undefined): number {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : 0;
}
