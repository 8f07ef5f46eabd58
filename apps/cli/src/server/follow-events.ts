import { setTimeout as sleep } from 'node:timers/promises';
import { isFinalState, type SubmissionEvent, submissionEventSchema } from '@holdout/contracts';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Config } from '../config.js';
import { ServerProblem } from '../output.js';
import { requestStream } from './request.js';

const longestSilenceMilliseconds = 10 * 60 * 1000;

/**
 * What happens to a submission, until it has ended. A connection that breaks, or a server that is started anew, is
 * waited for, and the stream goes on after the last event that was seen.
 *
 * @throws Error where the server stayed away for ten minutes
 */
export async function* followEvents(config: Config, submissionId: string): AsyncGenerator<SubmissionEvent> {
  let lastId = '';
  let heardAt = performance.now();
  for (let pause = 500; ; pause = Math.min(pause * 2, 10_000)) {
    try {
      const headers = { accept: 'text/event-stream', ...(lastId === '' ? {} : { 'last-event-id': lastId }) };
      const response = await requestStream(config, `/api/submissions/${submissionId}/events`, headers);
      if (response.status === 204 || !response.body) return;
      const messages = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
      for await (const { id, data } of messages) {
        if (id !== undefined) lastId = id;
        heardAt = performance.now();
        pause = 500;
        const event = submissionEventSchema.parse(JSON.parse(data));
        yield event;
        if (event.kind === 'state' && isFinalState(event.state)) return;
      }
    } catch (error) {
      // An answer that is a refusal will not get better; a connection may.
      if (error instanceof ServerProblem && error.problem.status < 500) throw error;
      if (performance.now() - heardAt > longestSilenceMilliseconds) throw error;
    }
    await sleep(pause);
  }
}
