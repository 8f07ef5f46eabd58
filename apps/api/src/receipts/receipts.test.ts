import { installationKeySchema, problemSchema, signedReceiptSchema, submissionSchema } from '@holdout/contracts';
import { readPublicKey, verifyReceipt } from '@holdout/receipts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

let server: TestServer;
let seeded: SeededCompetition;
let submissionId: string;

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  submissionId = await seedSubmission(server, seeded.alpha.teamId, { name: 'alpha' });
  // One wrong of four: the exact F1 of the wrists has more decimals than the team is shown.
  await walkEvaluation(server.database, submissionId, ['XR_WRIST/patient00000/study1']);
});
afterAll(() => server.close());

const download = (token: string, id = submissionId) => server.request(`/api/submissions/${id}/receipt`, { token });

async function readKey() {
  const response = await server.request('/api/installation/key');
  expect(response.status).toBe(200);
  return installationKeySchema.strict().parse(await response.json());
}

it('is signed by the key that anybody may read, and binds what the team is shown', async () => {
  const key = await readKey();
  const response = await download(seeded.alpha.token);
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(response.headers.get('content-disposition')).toContain(`${submissionId}.receipt.json`);
  const text = await response.text();
  const { receipt } = verifyReceipt(text, readPublicKey(key.publicKey) ?? undefined);
  expect(JSON.parse(text)).toMatchObject({ publicKey: key.publicKey, keyId: key.keyId });
  expect(text).not.toContain('PRIVATE');

  const shown = await (await server.request(`/api/submissions/${submissionId}`, seeded.alpha)).json();
  const { id, competition, phase, team, name, submittedAt, times, provenance, score } = submissionSchema.parse(shown);
  expect(receipt).toEqual({
    format: 'holdout-receipt-1',
    submissionId: id,
    competition,
    phase,
    team,
    name,
    submittedAt,
    scoredAt: times.scored,
    provenance,
    score,
  });
  expect(provenance).toEqual({
    bundleDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    testSetVersion: seeded.hiddenVersion.digest,
    predictionsDigest: 'a'.repeat(64),
    run: {
      engine: 'onnx',
      engineVersion: 'onnxruntime-node 1.2.3',
      engineDigest: 'b'.repeat(64),
      device: 'cpu',
      threads: 2,
    },
    scorerVersion: expect.stringContaining('holdout-scoring'),
  });
});

it('never has more decimals of a hidden score than the team is shown, for organisers either', async () => {
  const exact = await server.database.selectFrom('scores').select('score').executeTakeFirstOrThrow();
  for (const { token } of [seeded.alpha, seeded.organiser]) {
    const { score } = signedReceiptSchema.parse(await (await download(token)).json()).receipt;
    for (const table of [score.overall, ...Object.values(score.byStudyType)]) expect(table.counts).toBeNull();
    const values = JSON.stringify(score).match(/\d\.\d+/g) ?? [];
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) expect(value.length).toBeLessThanOrEqual('0.000'.length);
  }
  // It would notice.
  expect(JSON.stringify(exact).match(/\d\.\d{4,}/g)).not.toBeNull();
});

it('is the same each time', async () => {
  const texts = await Promise.all(
    Array.from({ length: 8 }, async () => await (await download(seeded.alpha.token)).text()),
  );
  expect(new Set(texts).size).toBe(1);
  const { keyId } = await readKey();
  expect(texts[0]).toContain(keyId);
});

it('is for the team and for organisers', async () => {
  expect((await server.request(`/api/submissions/${submissionId}/receipt`)).status).toBe(401);
  const other = await download(seeded.beta.token);
  expect([other.status, problemSchema.parse(await other.json()).code]).toEqual([404, 'submission_not_found']);
  expect((await download(seeded.alpha.token, 'nothing')).status).toBe(404);
});

it('is refused while there is no score', async () => {
  const waiting = await seedSubmission(server, seeded.alpha.teamId, { name: 'waiting' });
  const response = await download(seeded.alpha.token, waiting);
  expect(response.status).toBe(409);
  expect(problemSchema.parse(await response.json())).toMatchObject({
    code: 'submission_not_scored',
    detail: 'It is queued.',
  });
});

it('is refused while the score is withheld from its team, to organisers too, and says nothing of it', async () => {
  const phases = () => server.database.updateTable('phases');
  const boardFrom = new Date(Date.now() - 1000);
  await phases().set({ board: 'hidden', boardFrom }).execute();
  for (const { token } of [seeded.alpha, seeded.organiser]) {
    const response = await download(token);
    const text = await response.text();
    expect([response.status, JSON.parse(text).detail]).toEqual([409, 'Its team is told it when the phase is final.']);
    expect(text).not.toContain('kappa');
  }
  const shown = await (await server.request(`/api/submissions/${submissionId}`, seeded.alpha)).json();
  expect(submissionSchema.parse(shown)).toMatchObject({ score: null, provenance: null, withheld: 'until_final' });
  await phases().set({ board: 'live', boardFrom: null, decimals: 1 }).execute();
  const { score } = signedReceiptSchema.parse(await (await download(seeded.organiser.token)).json()).receipt;
  expect(score.byStudyType.wrist?.f1).toEqual({ value: 0.7 });
});
