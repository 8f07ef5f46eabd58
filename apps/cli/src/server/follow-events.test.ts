import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SubmissionEvent } from '@holdout/contracts';
import { describe, expect, it } from 'vitest';
import { makeSubmission, startScriptedServer, submissionId } from '../testing/start-scripted-server.js';
import { followEvents } from './follow-events.js';

const at = '2026-01-01T00:00:00.000Z';

function writeState(response: ServerResponse, id: number, state: string): void {
  response.write(`id: ${id}\nevent: state\ndata: ${JSON.stringify({ kind: 'state', at, state, reason: null })}\n\n`);
}

function openStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('retry: 2000\n\n');
}

/** One word an event or a change of the connection, as they come. */
async function follow(config: { server: string; token: string }, signal = new AbortController().signal) {
  const seen: string[] = [];
  const onConnection = (state: string) => seen.push(`(${state})`);
  for await (const event of followEvents(config, { submissionId, signal, onConnection })) seen.push(nameOf(event));
  return seen;
}

function nameOf(event: SubmissionEvent): string {
  return event.kind === 'state' ? event.state : event.kind;
}

describe('events of a submission', () => {
  it('end with the final state; what is not known is passed over', async () => {
    const asked: IncomingMessage['headers'][] = [];
    const { config } = await startScriptedServer((request, response) => {
      asked.push(request.headers);
      openStream(response);
      writeState(response, 1, 'queued');
      response.write('id: 2\nevent: news\ndata: {"kind":"news"}\n\n: still here\n\n');
      writeState(response, 3, 'rejected');
    });
    expect(await follow(config)).toEqual(['queued', 'rejected']);
    expect(asked).toMatchObject([{ authorization: 'Bearer secret', accept: 'text/event-stream' }]);
    expect(asked[0]).not.toHaveProperty('last-event-id');
  });

  it('go on after the last one that was seen, where the connection is cut or the stream merely ends', async () => {
    const asked: unknown[] = [];
    const { config } = await startScriptedServer((request, response) => {
      asked.push(request.headers['last-event-id']);
      openStream(response);
      if (asked.length === 1) {
        writeState(response, 7, 'queued');
        // An id without its event, cut off in the middle, does not count as seen.
        response.write('id: 8\nevent: state\ndata: {"kin', () => setTimeout(() => response.destroy(), 50));
      } else if (asked.length === 2) {
        writeState(response, 8, 'checking');
        response.end();
      } else writeState(response, 9, 'cancelled');
    });
    expect(await follow(config)).toEqual(['queued', '(lost)', '(back)', 'checking', 'cancelled']);
    expect(asked).toEqual([undefined, '7', '8']);
  });

  it('wait for a server that is started anew', async () => {
    const server = await startScriptedServer((request, response) => {
      openStream(response);
      if (request.headers['last-event-id']) writeState(response, 2, 'scored');
      else writeState(response, 1, 'running');
    });
    const seen: string[] = [];
    const onConnection = (state: string) => {
      seen.push(`(${state})`);
      if (state === 'lost') setTimeout(() => void server.restart(), 1500);
    };
    const { signal } = new AbortController();
    for await (const event of followEvents(server.config, { submissionId, signal, onConnection })) {
      seen.push(nameOf(event));
      if (seen.length === 1) await server.stop();
    }
    expect(seen).toEqual(['running', '(lost)', '(back)', 'scored']);
  });

  it('end where there is nothing left to say, and where a proxy lets no event through', async () => {
    const { config } = await startScriptedServer((request, response) => {
      if (request.url?.endsWith('/events')) response.writeHead(204).end();
      else response.end(JSON.stringify(makeSubmission('scored')));
    });
    expect(await follow(config)).toEqual([]);
  });

  it('are given up where the server refuses, with its words', async () => {
    const { config } = await startScriptedServer((_request, response) => {
      const problem = { type: 'x', status: 404, code: 'submission_not_found', title: 'No such.', next: 'Look.' };
      response.writeHead(404, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
    });
    await expect(follow(config)).rejects.toMatchObject({
      problem: { code: 'submission_not_found', title: 'No such.' },
    });
  });

  it('are tried again where a proxy stands before a server that is away', async () => {
    let asked = 0;
    const { config } = await startScriptedServer((_request, response) => {
      asked += 1;
      if (asked < 3) return void response.writeHead(502).end('<html>Bad gateway</html>');
      openStream(response);
      writeState(response, 1, 'failed');
    });
    expect(await follow(config)).toEqual(['(lost)', '(back)', 'failed']);
  });

  it('end at once with Ctrl-C, also while they wait', async () => {
    const interrupt = new AbortController();
    const { config } = await startScriptedServer((_request, response) => {
      openStream(response);
      setTimeout(() => interrupt.abort(new Error('Ctrl-C')), 100);
    });
    await expect(follow(config, interrupt.signal)).rejects.toThrow('Ctrl-C');
  });
});
