import { type Leaderboard, leaderboardSchema } from '@holdout/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addReferenceEntries } from '../provision/add-reference-entries.js';
import { createTeamWithToken } from '../provision/create-token.js';
import { readEvents } from '../testing/read-events.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

const address = '/api/competitions/mura/phases/test/leaderboard';
const wrist2 = 'XR_WRIST/patient00002/study1';

let server: TestServer;
let seeded: SeededCompetition;
beforeAll(async () => {
  // So long that what these tests wait for can only come by a notice.
  server = await startTestServer({ heartbeatSeconds: 600 });
  seeded = await seedCompetition(server);
});
afterAll(() => server.close());

async function readBoard(): Promise<Leaderboard> {
  const response = await server.request(address);
  expect(response.status).toBe(200);
  return leaderboardSchema.strict().parse(await response.json());
}

function places(board: Leaderboard) {
  return board.entries.map(({ rank, name, bestReader }) => `${rank ?? '–'} ${name}${bestReader ? ' (best)' : ''}`);
}

async function score(teamId: string, name: string, wrong: readonly string[]) {
  const id = await seedSubmission(server, teamId, { name });
  await walkEvaluation(server.database, id, wrong);
  return id;
}

function rates(sensitivity: number, specificity: number) {
  return { sensitivity: { value: sensitivity }, specificity: { value: specificity } };
}

describe('a leaderboard', () => {
  it('begins with the readers who are not the gold standard', async () => {
    expect({ ...(await readBoard()), entries: [] }).toEqual({
      competition: 'mura',
      phase: 'test',
      at: null,
      testSetVersion: seeded.hiddenVersion.digest,
      studyTypes: expect.arrayContaining(['elbow', 'wrist']),
      ranking: { by: ['kappa'], ties: 'shared' },
      decimals: 3,
      visibility: { state: 'live', from: null, final: null },
      readers: [
        { name: 'Reader 4', best: true, kappa: { value: 1 }, kappaInterval: null, ...rates(1, 1) },
        {
          name: 'Reader 5',
          best: false,
          kappa: { value: 0.5 },
          kappaInterval: { lower: 0, upper: 1 },
          ...rates(0.5, 1),
        },
        { name: 'Reader 6', best: false, kappa: { value: -1 }, kappaInterval: { lower: -1, upper: 0 }, ...rates(0, 0) },
      ],
      entries: [],
      offset: 0,
      total: 3,
      teams: 0,
      waiting: 0,
    });
  });

  it('has the readers who are not the gold standard in place, unranked, the best marked', async () => {
    const entered = await addReferenceEntries(server, { competition: 'mura', phase: 'test' });
    expect(entered).toEqual(['Reader 4', 'Reader 5', 'Reader 6']);
    expect(await addReferenceEntries(server, { competition: 'mura', phase: 'test' })).toEqual(entered);
    const board = await readBoard();
    expect(places(board)).toEqual(['– Reader 4 (best)', '– Reader 5', '– Reader 6']);
    // Gold 0, 1, 1, 0. Reader 4 agrees with all of it, reader 5 misses one, reader 6 says the opposite.
    expect(board.entries.map((entry) => entry.score.overall.kappa)).toEqual([
      { value: 1 },
      { value: 0.5 },
      { value: -1 },
    ]);
    expect(board.entries[0]).toMatchObject({
      kind: 'reader',
      team: null,
      engine: null,
      submissionId: null,
      submittedAt: null,
    });
    expect(board.entries[0]?.score.overall.auroc).toMatchObject({ value: null, reason: expect.any(String) });
  });

  it('ranks teams densely between them, and counts what waits', async () => {
    const gamma = await createTeamWithToken(server, { team: 'Gamma' });
    await score(seeded.alpha.teamId, 'alpha', [wrist2]);
    await score(seeded.beta.teamId, 'beta', [wrist2]);
    await score(gamma.teamId, 'gamma', [wrist2, 'XR_ELBOW/patient00001/study1']);
    await seedSubmission(server, gamma.teamId, { name: 'waits' });
    const board = await readBoard();
    expect(places(board)).toEqual(['– Reader 4 (best)', '– Reader 5', '1 alpha', '1 beta', '2 gamma', '– Reader 6']);
    expect(board.waiting).toBe(1);
    expect(board.entries[2]).toMatchObject({ team: 'Team <Alpha>', engine: 'onnx', kind: 'team' });
  });

  it('keeps counts, labels and studies of a hidden phase to itself', async () => {
    const text = await (await server.request(address)).text();
    expect(text).not.toMatch(/patient|XR_|image|truePositive|gold/);
    const board = leaderboardSchema.parse(JSON.parse(text));
    for (const entry of board.entries) expect(entry.score.overall.counts).toBeNull();
  });

  it('is answered 304 to one who has it, and whole after a change', async () => {
    const first = await server.request(address);
    await first.text();
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{20,}"$/);
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const same = await server.request(address, { headers: { 'if-none-match': header } });
      expect(same.status, header).toBe(304);
      expect(await same.text()).toBe('');
    }
    await seedSubmission(server, seeded.alpha.teamId, { name: 'another' });
    const changed = await server.request(address, { headers: { 'if-none-match': etag } });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(etag);
    await changed.text();
  });
});

describe('a leaderboard that is followed', () => {
  const follow = (headers: Record<string, string> = {}, signal?: AbortSignal) =>
    server.request(`${address}/events`, { headers, ...(signal ? { signal } : {}) });

  /** The next board of a stream; heartbeats are passed over. */
  async function nextBoard(events: ReturnType<typeof readEvents>) {
    for (;;) {
      const { value, done } = await events.next();
      if (done) throw new Error('The stream ended.');
      if (value.event === 'leaderboard') return { id: value.id, board: leaderboardSchema.strict().parse(value.data) };
    }
  }

  it('comes at once, and again with a row that appears', async () => {
    const leave = new AbortController();
    const events = readEvents(await follow({}, leave.signal));
    const first = await nextBoard(events);
    expect(first.board).toEqual(await readBoard());
    const { teamId } = await createTeamWithToken(server, { team: 'Delta' });
    await score(teamId, 'delta', []);
    let board = first.board;
    while (!board.entries.some((entry) => entry.name === 'delta')) board = (await nextBoard(events)).board;
    expect(places(board)[1]).toBe('1 delta');
    leave.abort();
  });

  it('is not sent again to one who has it', async () => {
    const leave = new AbortController();
    const whole = readEvents(await follow({}, leave.signal));
    const { id, board } = await nextBoard(whole);
    const later = readEvents(await follow({ 'last-event-id': id }, leave.signal));
    await seedSubmission(server, seeded.alpha.teamId, { name: 'one more' });
    expect((await nextBoard(later)).board.waiting).toBeGreaterThan(board.waiting);
    leave.abort();
  });

  it('is cut where it can’t be read any more, so that a browser asks again, and the log has the cause', async () => {
    const events = readEvents(await follow());
    await nextBoard(events);
    await server.database.schema.alterTable('entries').renameTo('entries_away').execute();
    server.changes.publish(null);
    await expect(events.next()).rejects.toThrow();
    const plain = await server.request(address);
    await server.database.schema.alterTable('entries_away').renameTo('entries').execute();
    expect(plain.status).toBe(500);
    const text = await plain.text();
    expect(JSON.parse(text).code).toBe('internal');
    expect(text).not.toMatch(/entries|relation/);
    expect(server.logLines.join('')).toContain('relation \\"entries\\" does not exist');
    expect((await readBoard()).entries.length).toBeGreaterThan(0);
  });

  it('is let go when its readers leave', async () => {
    // What is left is the cache of boards.
    await expect.poll(() => server.changes.size).toBe(1);
  });

  it('does not answer HEAD with a stream without end', async () => {
    const response = await server.request(`${address}/events`, { method: 'HEAD' });
    expect(response.status).toBe(404);
  });
});
