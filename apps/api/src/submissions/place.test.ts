import { type ReaderVerdict, submissionPlaceSchema } from '@holdout/contracts';
import { findSubmission, listStaleBoards, upsertBoardStatistics } from '@holdout/db';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addReferenceEntries } from '../provision/add-reference-entries.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

let server: TestServer;
let seeded: SeededCompetition;
let id: string;
beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  await addReferenceEntries(server, { competition: 'mura', phase: 'test' });
  id = await seedSubmission(server, seeded.alpha.teamId, { name: 'far down' });
});
afterAll(() => server.close());

async function readPlace(submissionId = id) {
  const response = await server.request(`/api/submissions/${submissionId}/place`, { token: seeded.alpha.token });
  expect(response.status).toBe(200);
  return submissionPlaceSchema.strict().parse(await response.json());
}

it('is none before there is a score', async () => {
  expect(await readPlace()).toEqual({ onBoard: false, againstBestReader: null });
});

it('is told however far down the board it is', async () => {
  await walkEvaluation(server.database, id, ['XR_WRIST/patient00002/study1']);
  await standAbove(1200);
  expect(await readPlace()).toEqual({ onBoard: true, againstBestReader: null });
  await compute('worse than');
  expect(await readPlace()).toEqual({ onBoard: true, againstBestReader: 'worse than' });
});

it('is not told of a submission that is not the team’s entry, nor to another team', async () => {
  const worse = await seedSubmission(server, seeded.alpha.teamId, { name: 'worse' });
  await walkEvaluation(server.database, worse, ['XR_WRIST/patient00002/study1', 'XR_ELBOW/patient00001/study1']);
  expect(await readPlace(worse)).toEqual({ onBoard: false, againstBestReader: null });
  const other = await server.request(`/api/submissions/${id}/place`, { token: seeded.beta.token });
  expect(other.status).toBe(404);
});

it('comes with all readers of the board, of which one row is read', async () => {
  const response = await server.request('/api/competitions/mura/phases/test/leaderboard?limit=1');
  const { readers, entries } = (await response.json()) as { readers: { name: string }[]; entries: unknown[] };
  expect([readers.map(({ name }) => name), entries.length]).toEqual([['Reader 4', 'Reader 5', 'Reader 6'], 1]);
});

it('is not told while the board is hidden or frozen', async () => {
  for (const board of ['hidden', 'frozen'] as const) {
    await server.database
      .updateTable('phases')
      .set({ board, boardFrom: new Date() })
      .where('slug', '=', 'test')
      .execute();
    expect(await readPlace()).toEqual({ onBoard: false, againstBestReader: null });
  }
});

/** Entries that are better, as many as no one answer of the board has. */
async function standAbove(count: number): Promise<void> {
  await sql`
    INSERT INTO entries (phase_id, test_set_version_id, kind, reference_name, reference_score, ranking_values)
    SELECT phase_id, test_set_version_id, 'baseline', 'Model ' || n, reference_score, '{2}'
    FROM entries, generate_series(1, ${count}) n WHERE reference_name = 'Reader 4'`.execute(server.database);
}

/** What the worker that scores would find. */
async function compute(againstBestReader: ReaderVerdict): Promise<void> {
  const [board] = await listStaleBoards(server.database);
  const { evaluationId = '' } = (await findSubmission(server.database, id)) ?? {};
  const entry = { rank: null, toldApartFromFirst: null, againstBestReader };
  const statistics = { level: 0.95, resamples: 1, seed: 1, entries: { [evaluationId]: entry } };
  if (board) await upsertBoardStatistics(server.database, board, statistics);
}
