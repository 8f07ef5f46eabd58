import { submissionEventSchema } from '@holdout/contracts';
import { findUserByEmail } from '@holdout/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { signUp } from '../testing/browser.js';
import { collectEvents, type ReceivedEvent, readEvents } from '../testing/read-events.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

let server: TestServer;
let seeded: SeededCompetition;
beforeAll(async () => {
  // So long that what these tests wait for can only come by a notice.
  server = await startTestServer({ heartbeatSeconds: 600 });
  seeded = await seedCompetition(server);
});
afterAll(() => server.close());

function follow(id: string, options: { lastEventId?: string; signal?: AbortSignal } = {}) {
  const headers: Record<string, string> = options.lastEventId ? { 'last-event-id': options.lastEventId } : {};
  const signal = options.signal ? { signal: options.signal } : {};
  return server.request(`/api/submissions/${id}/events`, { token: seeded.alpha.token, headers, ...signal });
}

function withoutComments(events: readonly ReceivedEvent[]): ReceivedEvent[] {
  return events.filter(({ event }) => event !== 'comment');
}

/** One word an event, to compare whole streams. */
function summarise(events: readonly ReceivedEvent[]): string[] {
  return withoutComments(events).map(({ data }) => {
    const event = submissionEventSchema.parse(data);
    return event.kind === 'state' ? event.state : event.kind;
  });
}

const wholeJourney = ['queued', 'checking', 'log', 'log', 'running', 'progress', 'scoring', 'scored'];

describe('the events of a submission', () => {
  it('come live, in order, and end after the final state', async () => {
    const id = await seedSubmission(server, seeded.alpha.teamId);
    const response = await follow(id);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toContain('no-cache');
    const collected = collectEvents(response);
    await walkEvaluation(server.database, id);
    const events = withoutComments(await collected);
    expect(summarise(events)).toEqual(wholeJourney);
    const ids = events.map((event) => Number(event.id));
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(new Set(ids).size).toBe(ids.length);
    for (const { event, data } of events) expect(submissionEventSchema.parse(data).kind).toBe(event);
    expect(events.find(({ event }) => event === 'progress')?.data).toMatchObject({ imagesDone: 3, imagesTotal: 8 });
    expect(events.filter(({ event }) => event === 'log').map(({ data }) => data)).toMatchObject([
      { line: 'loaded the model' },
      { line: 'two images\nin one line' },
    ]);
  });

  it('come from the beginning to one who asks later, and from where one left off', async () => {
    const id = await seedSubmission(server, seeded.alpha.teamId);
    await walkEvaluation(server.database, id);
    const all = await collectEvents(await follow(id));
    expect(summarise(all)).toEqual(wholeJourney);
    const third = all[2]?.id ?? '';
    const rest = await collectEvents(await follow(id, { lastEventId: third }));
    expect(summarise(rest)).toEqual(wholeJourney.slice(3));
  });

  it('are over for one who has seen the end, so that a browser stops asking', async () => {
    const id = await seedSubmission(server, seeded.alpha.teamId);
    await walkEvaluation(server.database, id);
    const all = await collectEvents(await follow(id));
    const response = await follow(id, { lastEventId: all.at(-1)?.id ?? '' });
    expect(response.status).toBe(204);
  });

  it('begin anew for an id that is none of ours', async () => {
    const id = await seedSubmission(server, seeded.alpha.teamId);
    await walkEvaluation(server.database, id);
    const events = await collectEvents(await follow(id, { lastEventId: "1'; DROP TABLE teams" }));
    expect(summarise(events)).toEqual(wholeJourney);
  });

  it('say why a submission ended, in words for its team', async () => {
    const id = await seedSubmission(server, seeded.alpha.teamId);
    const collected = collectEvents(await follow(id));
    await server.request(`/api/submissions/${id}/cancel`, { method: 'POST', token: seeded.alpha.token });
    expect(summarise(await collected)).toEqual(['queued', 'cancelled']);
  });

  it('are kept apart: nothing of one submission reaches another’s stream', async () => {
    const mine = await seedSubmission(server, seeded.alpha.teamId);
    const other = await seedSubmission(server, seeded.alpha.teamId);
    const collected = collectEvents(await follow(mine));
    await walkEvaluation(server.database, other);
    await server.request(`/api/submissions/${mine}/cancel`, { method: 'POST', token: seeded.alpha.token });
    expect(summarise(await collected)).toEqual(['queued', 'cancelled']);
  });

  it('are more than a page of the database', async () => {
    const id = await seedSubmission(server, seeded.alpha.teamId);
    const lines = Array.from({ length: 2500 }, (_, place) => `line ${place}`);
    await walkEvaluation(server.database, id, [], lines);
    const events = withoutComments(await collectEvents(await follow(id)));
    expect(events.filter(({ event }) => event === 'log').length).toBe(2500);
    expect(events.at(-1)?.data).toMatchObject({ state: 'scored' });
  });
});

describe('an open stream', () => {
  it('is cleaned up when its reader leaves', async () => {
    await expect.poll(() => server.changes.size).toBe(1);
    const id = await seedSubmission(server, seeded.alpha.teamId);
    const leave = new AbortController();
    const events = readEvents(await follow(id, { signal: leave.signal }));
    await events.next();
    expect(server.changes.size).toBe(2);
    leave.abort();
    await events.next().catch(() => {});
    await expect.poll(() => server.changes.size).toBe(1);
  });

  it('ends, and tells no more, where its reader has left the team or the token was revoked', async () => {
    const id = await seedSubmission(server, seeded.alpha.teamId);
    const ada = await signUp(server, 'ada@example.org');
    const userId = (await findUserByEmail(server.database, 'ada@example.org'))?.id ?? '';
    const membership = { teamId: seeded.alpha.teamId, userId };
    await server.database
      .insertInto('teamMembers')
      .values({ ...membership, role: 'member' })
      .execute();
    const made = await ada.send('POST', '/api/me/tokens', { name: 'follows', scope: 'read' });
    const token = z.object({ id: z.string(), secret: z.string() }).parse(await made.json());
    const bySession = readEvents(await ada.send('GET', `/api/submissions/${id}/events`));
    const byToken = readEvents(await server.request(`/api/submissions/${id}/events`, { token: token.secret }));
    for (const events of [bySession, byToken]) {
      expect((await events.next()).value?.event).toBe('state');
      expect((await events.next()).value?.event).toBe('comment');
    }
    expect((await ada.send('DELETE', `/api/me/tokens/${token.id}`)).ok).toBe(true);
    await server.database.deleteFrom('teamMembers').where('userId', '=', userId).execute();
    await walkEvaluation(server.database, id);
    for (const events of [bySession, byToken]) expect((await events.next()).done).toBe(true);
  });

  it('is kept alive by comments, and ends when the server closes', async () => {
    const closing = await startTestServer({ heartbeatSeconds: 0.1 });
    const teams = await seedCompetition(closing);
    const id = await seedSubmission(closing, teams.alpha.teamId);
    const response = await closing.request(`/api/submissions/${id}/events`, { token: teams.alpha.token });
    const events = readEvents(response);
    expect((await events.next()).value?.event).toBe('state');
    for (const data of ['up to date', 'still here']) {
      expect((await events.next()).value).toMatchObject({ event: 'comment', data });
    }
    await closing.close();
    let last = await events.next();
    while (!last.done) last = await events.next();
    expect(last.done).toBe(true);
  });
});
