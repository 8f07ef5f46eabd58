import { setTimeout as sleep } from 'node:timers/promises';
import { submissionEventSchema } from '@holdout/contracts';
import { claimEvaluation, findSubmission, recordProgress } from '@holdout/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { collectEvents, type ReceivedEvent } from './testing/read-events.js';
import { type SeededCompetition, seedCompetition } from './testing/seed-competition.js';
import { seedSubmission } from './testing/seed-submission.js';
import { startServerProcess } from './testing/start-process.js';
import { startTestServer, type TestServer } from './testing/test-server.js';
import { walkEvaluation } from './testing/walk-evaluation.js';

let server: TestServer;
let seeded: SeededCompetition;
beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
});
afterAll(() => server.close());

/** Whatever comes until the connection breaks, or until an event fits. */
async function follow(
  url: string,
  path: string,
  { lastEventId = '', until = () => false }: { lastEventId?: string; until?: (event: ReceivedEvent) => boolean } = {},
) {
  const headers = { authorization: `Bearer ${seeded.alpha.token}`, 'last-event-id': lastEventId };
  const response = await fetch(`${url}${path}`, { headers });
  expect(response.status).toBe(200);
  const events = await collectEvents(response, until);
  return events.filter(({ event }) => event !== 'comment');
}

const stateIs = (state: string) => (event: ReceivedEvent) => (event.data as { state?: string }).state === state;

it.each(['SIGKILL', 'SIGTERM'] as const)(
  'goes on with a submission’s stream after %s, and neither loses nor repeats an event',
  async (signal) => {
    const { database, storageDirectory } = server;
    const id = await seedSubmission(server, seeded.alpha.teamId, { name: signal });
    const path = `/api/submissions/${id}/events`;
    const first = await startServerProcess(server, { storageDirectory });
    const seen = await follow(first.url, path, { until: stateIs('queued') });
    await first.end(signal);
    // What happens while no API is there.
    const { evaluationId } = (await findSubmission(database, id)) ?? { evaluationId: '' };
    const claim = await claimEvaluation(database, { evaluationId, owner: 'lost', leaseSeconds: 0 });
    const { leaseToken = 0 } = claim ?? {};
    const progress = { stage: 'checking', imagesDone: 1, imagesTotal: 2 } as const;
    await recordProgress(database, { evaluationId, leaseToken, ...progress });
    const second = await startServerProcess(server, { storageDirectory });
    const rest = follow(second.url, path, { lastEventId: seen.at(-1)?.id ?? '' });
    await walkEvaluation(database, id);
    const after = await rest;
    await second.end('SIGTERM');
    const all = [...seen, ...after].map(({ data }) => submissionEventSchema.parse(data));
    const words = all.map((event) => (event.kind === 'state' ? event.state : event.kind));
    expect(words).toEqual([
      ...['queued', 'checking', 'progress', 'log', 'log', 'log', 'running', 'progress', 'scoring', 'scored'],
    ]);
    const whole = await follow(server.url, path);
    expect([...seen, ...after].map((event) => event.id)).toEqual(whole.map((event) => event.id));
  },
  180_000,
);

it('sends a board again after a restart only where it has changed meanwhile', async () => {
  const { database, storageDirectory } = server;
  const path = '/api/competitions/mura/phases/test/leaderboard/events';
  const one = () => true;
  const first = await startServerProcess(server, { storageDirectory });
  const [board] = await follow(first.url, path, { until: one });
  await first.end('SIGKILL');
  const second = await startServerProcess(server, { storageDirectory });
  const following = follow(second.url, path, { lastEventId: board?.id ?? '', until: one });
  // The same board would be sent at once.
  await sleep(1500);
  const id = await seedSubmission(server, seeded.beta.teamId, { name: 'new on the board' });
  const [other] = await following;
  expect(other?.id).not.toBe(board?.id);
  await walkEvaluation(database, id);
  const [scored] = await follow(second.url, path, { lastEventId: other?.id ?? '', until: one });
  expect(JSON.stringify(scored?.data)).toContain('Team Beta');
  await second.end('SIGTERM');
}, 180_000);
