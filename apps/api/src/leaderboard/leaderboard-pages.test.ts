import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { type Leaderboard, leaderboardSchema, problemSchema } from '@holdout/contracts';
import { upsertReferenceEntry } from '@holdout/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addReferenceEntries } from '../provision/add-reference-entries.js';
import { createTeamWithToken } from '../provision/create-token.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

const address = '/api/competitions/mura/phases/test/leaderboard';
const wrist2 = 'XR_WRIST/patient00002/study1';
const elbow1 = 'XR_ELBOW/patient00001/study1';

let server: TestServer;
let seeded: SeededCompetition;
beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  await addReferenceEntries(server, { competition: 'mura', phase: 'test' });
  // Kappas 1, 0.5, 0.5 and 0, and the readers’ 1, 0.5 and −1.
  for (const [name, wrong] of [
    ['a', []],
    ['b', [wrist2]],
    ['c', [wrist2]],
    ['d', [wrist2, elbow1]],
  ] as const) {
    const { teamId } = await createTeamWithToken(server, { team: `Team ${name}` });
    await walkEvaluation(server.database, await seedSubmission(server, teamId, { name }), wrong);
  }
});
afterAll(() => server.close());

async function readBoard(query: string): Promise<Leaderboard> {
  const response = await server.request(`${address}?${query}`);
  expect(response.status).toBe(200);
  return leaderboardSchema.strict().parse(await response.json());
}

const places = ({ entries }: Pick<Leaderboard, 'entries'>) =>
  entries.map(({ rank, name, bestReader }) => `${rank ?? '–'} ${name}${bestReader ? ' (best)' : ''}`);

const whole = ['– Reader 4 (best)', '1 a', '– Reader 5', '2 b', '2 c', '3 d', '– Reader 6'];

/** Without `fetch`, which unpacks. */
function requestRaw(headers: Record<string, string>) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    get(`${server.url}${address}`, { headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
    }).once('error', reject);
  });
}

describe('a page of a leaderboard', () => {
  it.each(['now', 'as it stood', 'of a version'])(
    'has the ranks and the best reader of the whole (%s)',
    async (which) => {
      const queries: Record<string, string> = {
        'as it stood': `at=${new Date().toISOString()}`,
        'of a version': `version=${seeded.hiddenVersion.digest}`,
      };
      const kind = queries[which] ?? '';
      const { readers, ...board } = await readBoard(kind);
      expect(places(board)).toEqual(whole);
      const entries = board.entries.filter((entry) => entry.kind === 'reader');
      expect(readers).toEqual(
        entries.map(({ name, bestReader: best, score, kappaInterval }) => {
          const { kappa, sensitivity, specificity } = score.overall;
          return { name, best, kappa, kappaInterval, sensitivity, specificity };
        }),
      );
      expect(readers.map(({ kappa, best }) => [kappa.value, best])).toEqual([
        [1, true],
        [0.5, false],
        [-1, false],
      ]);
      for (const limit of [1, 2, 3, 100]) {
        const pages: string[] = [];
        for (let offset = 0; offset < whole.length; offset += limit) {
          const board = await readBoard(`${kind}&limit=${limit}&offset=${offset}`);
          expect(board).toMatchObject({ offset, total: 7, teams: 4, readers });
          pages.push(...places(board));
        }
        expect(pages, `${limit} at a time`).toEqual(whole);
      }
      expect(await readBoard(`${kind}&offset=100`)).toMatchObject({
        readers,
        entries: [],
        offset: 100,
        total: 7,
        teams: 4,
      });
    },
  );

  it.each(['limit=0', 'limit=1001', 'limit=ten', 'offset=-1', 'offset=1.5'])('is refused for %s', async (query) => {
    const response = await server.request(`${address}?${query}`);
    expect(response.status).toBe(400);
    expect(problemSchema.parse(await response.json()).detail).toContain(`query.${query.split('=')[0]}`);
  });
});

describe('a leaderboard that many read', () => {
  it('comes compressed to those who take it, with a tag of its own', async () => {
    const plain = await requestRaw({});
    expect(plain.headers).toMatchObject({ vary: 'accept-encoding', 'content-type': 'application/json; charset=utf-8' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    for (const accepted of ['gzip', 'br, GZIP;q=0.5', '*']) {
      const packed = await requestRaw({ 'accept-encoding': accepted });
      expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
      expect(gunzipSync(packed.body)).toEqual(plain.body);
      expect(packed.headers.etag).not.toBe(plain.headers.etag);
      for (const etag of [packed.headers.etag, plain.headers.etag]) {
        const same = await requestRaw({ 'accept-encoding': accepted, 'if-none-match': String(etag) });
        expect([same.status, same.body.length]).toEqual([304, 0]);
        expect(same.headers.etag).toBe(packed.headers.etag);
      }
    }
    for (const refused of ['', 'identity', 'br', 'gzip;q=0', 'gzip; q=0.0, *']) {
      const unpacked = await requestRaw({ 'accept-encoding': refused });
      expect(unpacked.headers['content-encoding'], refused).toBeUndefined();
    }
  });

  it('is the one of now to whoever asks after a change, every time', async () => {
    const { waiting } = await readBoard('');
    for (let more = 1; more <= 40; more++) {
      await seedSubmission(server, seeded.alpha.teamId, { name: `waits ${more}` });
      expect((await readBoard('')).waiting).toBe(waiting + more);
    }
  });

  it('is the one of now also after what no evaluation tells', async () => {
    const { phaseId, referenceScore } = await readReference();
    if (referenceScore === null) throw new Error('A reader has no score.');
    for (let time = 1; time <= 10; time++) {
      await upsertReferenceEntry(server.database, {
        phaseId,
        kind: 'baseline',
        name: `baseline ${time}`,
        score: referenceScore,
      });
      expect((await readBoard('')).total).toBe(7 + time);
    }
    for (let time = 1; time <= 10; time++) {
      const visibility = time % 2 === 0 ? 'hidden' : 'public';
      const decimals = visibility === 'hidden' ? 3 : null;
      await server.database.updateTable('phases').set({ visibility, decimals }).where('id', '=', phaseId).execute();
      const counts = (await readBoard('')).entries[0]?.score.overall.counts;
      expect(counts === null, visibility).toBe(visibility === 'hidden');
    }
    await server.database.deleteFrom('entries').where('kind', '=', 'baseline').execute();
    expect((await readBoard('')).total).toBe(7);
  });
});

describe('past boards', () => {
  const longAgo = (second: number) => new Date(Date.UTC(2024, 0, 1, 0, 0, second)).toISOString();
  const ask = (seconds: readonly number[]) =>
    Promise.all(seconds.map(async (second) => await server.request(`${address}?at=${longAgo(second)}`)));

  it('are worked out once for all who ask for the same', async () => {
    const answers = await ask(Array.from({ length: 60 }, () => 1));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ headers }) => headers.get('etag'))).size).toBe(1);
  });

  it('are refused for a while where many others are asked for', async () => {
    const lock = await lockHistory();
    const asked = ask(Array.from({ length: 60 }, (_, second) => second + 100));
    // Other reads of the board are not in their way.
    expect((await server.request(`${address}?limit=2&offset=5`)).status).toBe(200);
    await lock.release();
    const answers = await asked;
    const refused = answers.filter(({ status }) => status === 503);
    expect(answers.filter(({ status }) => status === 200).length + refused.length).toBe(60);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('retry-after')).toBe('2');
    expect(problemSchema.parse(await refused[0]?.json()).code).toBe('server_busy');
    expect((await server.request(`${address}?at=${longAgo(1000)}`)).status).toBe(200);
  });
});

/** Makes every reader of the history of test sets wait: to rename a table, nobody else may look at it. */
async function lockHistory() {
  const trx = await server.database.startTransaction().execute();
  await trx.schema.alterTable('phase_test_sets').renameTo('phase_test_sets_away').execute();
  return { release: () => trx.rollback().execute() };
}

async function readReference() {
  return await server.database
    .selectFrom('entries')
    .select(['phaseId', 'referenceScore'])
    .where('kind', '=', 'reader')
    .executeTakeFirstOrThrow();
}
