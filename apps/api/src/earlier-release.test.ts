import {
  defaultFurtherLimits,
  errorCatalogue,
  leaderboardSchema,
  quotaUseSchema,
  type Submission,
  submissionEventSchema,
  submissionSchema,
} from '@holdout/contracts';
import { claimNextEvaluation, claimScoring, listForgotten, migrateDatabase } from '@holdout/db';
import {
  type EarlierSubmission,
  earlierSubmissions,
  earlierTokens,
  fillAfterFirstRelease,
  fillFirstRelease,
  firstRelease,
} from '@holdout/db/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectEvents } from './testing/read-events.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

const { ours, theirs, organiser } = earlierTokens;
const of = (name: string): EarlierSubmission => {
  const found = earlierSubmissions.find((each) => each.name === name);
  if (!found) throw new Error(`There is no ${name}.`);
  return found;
};
const tokenOf = ({ team }: EarlierSubmission) => (team === 'Ours' ? ours : theirs);
const board = async (server: TestServer, phase: string, query = '') => {
  const answer = await server.request(`/api/competitions/mura/phases/${phase}/leaderboard${query}`);
  const { entries, ...rest } = leaderboardSchema.parse(await answer.json());
  const rows = entries.map(({ rank, team, name, score }) => ({
    rank,
    name: team ?? name,
    kappa: score.overall.kappa.value,
  }));
  return { ...rest, rows };
};
const read = async (server: TestServer, submission: EarlierSubmission): Promise<Submission> => {
  const answer = await server.request(`/api/submissions/${submission.id}`, { token: tokenOf(submission) });
  return submissionSchema.parse(await answer.json());
};
const quota = async (server: TestServer, phase: string, token: string) => {
  const answer = await server.request(`/api/competitions/mura/phases/${phase}/quota`, { token });
  return quotaUseSchema.parse(await answer.json()).used;
};

describe('the rows of the first release, migrated', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ fillEarlier: fillAsFirstRelease });
  });
  afterAll(() => server.close());

  it('give the same boards, by what each phase ranked by', async () => {
    const hidden = await board(server, 'hidden');
    expect(hidden.rows).toEqual([
      { rank: null, name: 'ada', kappa: 0.8 },
      { rank: 1, name: 'Ours', kappa: 0.625 },
      { rank: null, name: 'weak', kappa: 0.3 },
      // Without a value to rank by.
      { rank: null, name: 'Theirs', kappa: null },
    ]);
    expect(hidden).toMatchObject({ decimals: 3, waiting: 6, teams: 2, total: 4 });
    const practice = await board(server, 'practice');
    expect(practice.rows).toMatchObject([{ name: 'Theirs' }, { name: 'Ours', kappa: 0.9 }]);
    expect(practice).toMatchObject({ decimals: null, ranking: { by: ['accuracy'] } });
  });

  it('give the boards of the past, with who was compared then', async () => {
    const before = await board(server, 'hidden', `?at=2025-11-06T00:00:00Z`);
    expect(before.rows).toMatchObject([{ name: 'ada' }, { name: 'weak' }, { rank: 1, name: 'Ours', kappa: 0.25 }]);
    expect((await board(server, 'hidden', '?at=2025-10-31T00:00:00Z')).rows).toEqual([]);
  });

  it.each(earlierSubmissions)('tell $name as it was: $state', async (earlier) => {
    const found = await read(server, earlier);
    const { name, team, phase, state, day, by } = earlier;
    const at = (hour: number) => `2025-11-${String(day).padStart(2, '0')}T0${hour}:00:00.000Z`;
    expect(found).toMatchObject({ name, team, phase, state, warnings: [], standing: 'counted', withheld: null });
    expect(found).toMatchObject({ engine: 'onnx', bundleSizeBytes: 1000, description: 'It is said.', link: null });
    expect(found).toMatchObject({ chosen: false, stopOnWarning: false, submittedAt: at(0) });
    expect(found.times).toEqual(Object.fromEntries([...by, state].map((each, hour) => [each, at(hour)])));
    expect(found.score === null).toBe(state !== 'scored');
    if (earlier.kappa !== undefined) {
      const rounded = phase === 'hidden' ? earlier.kappa && Math.round(earlier.kappa * 1000) / 1000 : earlier.kappa;
      expect(found.score?.overall.kappa.value).toBe(rounded);
      expect(found.provenance?.run).toMatchObject({
        engine: 'onnx',
        engineVersion: '1.20.1',
        device: 'cpu',
        threads: 1,
      });
    }
    expect(found.reason?.code ?? null).toBe(earlier.reason?.code ?? null);
    if (earlier.reason) {
      const isOurs = errorCatalogue[found.reason?.code ?? 'internal'].fault === 'server';
      expect(found.reason).toMatchObject({ stage: by.at(-1), detail: isOurs ? null : earlier.reason.detail });
      expect(found.fault).toBe(isOurs ? 'server' : 'team');
    }
  });

  it.each(earlierSubmissions.filter(({ state }) => !['queued', 'checking', 'running', 'scoring'].includes(state)))(
    'stream the events of $name as any other’s',
    async (earlier) => {
      const answer = await server.request(`/api/submissions/${earlier.id}/events`, { token: tokenOf(earlier) });
      const events = (await collectEvents(answer)).filter(({ event }) => event !== 'comment');
      const parsed = events.map(({ data }) => submissionEventSchema.parse(data));
      const states = parsed.flatMap((event) => (event.kind === 'state' ? [event.state] : []));
      expect(states).toEqual([...earlier.by, earlier.state]);
      const stage = earlier.reason ? earlier.by.at(-1) : undefined;
      const { reason } = await read(server, earlier);
      expect(parsed.at(-1)).toMatchObject({ reason: stage ? { ...reason, stage } : null });
    },
  );

  it('are counted in quotas by the rules of today', async () => {
    // Of Ours: three scored, two rejected, one cancelled late, three under way. Of Theirs: one, one, none, three.
    expect(await quota(server, 'hidden', ours)).toMatchObject({ total: 9, atOnce: 3 });
    expect(await quota(server, 'hidden', theirs)).toMatchObject({ total: 5, atOnce: 3 });
    expect(await quota(server, 'practice', theirs)).toMatchObject({ total: 1, atOnce: 0 });
  });

  it('let the organiser’s token list all of them', async () => {
    const answer = await server.request('/api/submissions', { token: organiser });
    const { submissions } = (await answer.json()) as { submissions: Submission[] };
    expect(submissions.map(({ name }) => name).sort()).toEqual(earlierSubmissions.map(({ name }) => name).sort());
  });

  it('are worked on: what a worker held first, then by turns', async () => {
    const forgotten = await listForgotten(server.database, { olderThanSeconds: 60 });
    expect(forgotten.scoring).toEqual([of('theirs-scoring').evaluationId]);
    const claimed: string[] = [];
    for (;;) {
      const claim = await claimNextEvaluation(server.database, {
        owner: 'b:2',
        leaseSeconds: 60,
        serves: ['cpu', 'gpu'],
      });
      if (!claim) break;
      expect(claim.limits).toMatchObject({ ...defaultFurtherLimits, timeLimitSeconds: 600, memoryLimitBytes: 4e9 });
      claimed.push(claim.evaluationId);
    }
    const names = ['ours-checking', 'theirs-running', 'ours-waits-1', 'theirs-waits', 'ours-waits-2'];
    expect(claimed).toEqual(names.map((name) => of(name).evaluationId));
    const { evaluationId } = of('theirs-scoring');
    expect(await claimScoring(server.database, { evaluationId, owner: 'c:3', leaseSeconds: 60 })).toMatchObject({
      attempts: 1,
    });
  });
});

describe('the rows of a release in the middle, migrated', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      async fillEarlier(url) {
        await fillAsFirstRelease(url);
        await migrateDatabase({ url, evaluatorPassword: 'x', upTo: 18 });
        await fillAfterFirstRelease(url);
      },
    });
  });
  afterAll(() => server.close());

  it('keep who was disqualified off the board, and off that of the moment after', async () => {
    expect((await board(server, 'hidden')).rows.map(({ name }) => name)).toEqual(['ada', 'Ours', 'weak']);
    expect(await read(server, of('theirs-undefined'))).toMatchObject({
      standing: 'disqualified',
      standingReason: 'Two accounts.',
    });
    const log = await server.request('/api/competitions/mura/audit', { token: organiser });
    expect(await log.json()).toMatchObject({ acts: [{ action: 'submission.disqualify', actor: 'organiser' }] });
  });

  it('keep limits, warnings of the check, and what was chosen', async () => {
    const answer = await server.request('/api/competitions/mura/phases/hidden/quota', { token: ours });
    expect(await answer.json()).toMatchObject({ limits: { perDay: 3, total: 40, atOnce: null }, used: { total: 9 } });
    expect(await read(server, of('ours-best'))).toMatchObject({ chosen: true });
    const warned = { code: 'one_class', message: 'All is normal.' };
    const running = of('theirs-running');
    expect(await read(server, running)).toMatchObject({ state: 'running', warnings: [warned] });
    const stream = await server.request(`/api/submissions/${running.id}/events`, { token: theirs });
    const last = (await collectEvents(stream, ({ event }) => event === 'warning')).at(-1);
    expect(submissionEventSchema.parse(last?.data)).toMatchObject({ kind: 'warning', ...warned });
  });

  it('keep what is run anew, run once more and scored on the next version apart from what it came from', async () => {
    expect(await read(server, of('ours-first'))).toMatchObject({
      state: 'scored',
      score: { overall: { kappa: { value: 0.25 } } },
    });
    const rows = await server.database
      .selectFrom('evaluations')
      .select(['state', 'hardware', 'turn', 'queueLine', 'replaces', 'reproduces', 'rescoredFrom'])
      .where((where) =>
        where.or([
          where('replaces', 'is not', null),
          where('reproduces', 'is not', null),
          where('rescoredFrom', 'is not', null),
        ]),
      )
      .orderBy('queuedAt')
      .execute();
    const { teamId } = await server.database
      .selectFrom('teams')
      .select('id as teamId')
      .where('name', '=', 'Ours')
      .executeTakeFirstOrThrow();
    expect(rows).toMatchObject([
      { state: 'scored', reproduces: of('ours-best').evaluationId, queueLine: null },
      // What waited then waits in its team's line: third, behind two of its own.
      { state: 'queued', replaces: of('ours-first').evaluationId, hardware: 'cpu', turn: 2, queueLine: teamId },
      { state: 'scoring', rescoredFrom: of('ours-best').evaluationId },
    ]);
    const imported = await server.database
      .selectFrom('submissions')
      .select('id')
      .where('bundleDigest', 'is', null)
      .execute();
    expect(imported).toHaveLength(1);
  });
});

async function fillAsFirstRelease(url: string): Promise<void> {
  await migrateDatabase({ url, evaluatorPassword: 'x', upTo: firstRelease });
  await fillFirstRelease(url);
}
