import {
  type CompetitionChanges,
  type CompetitionFileInput,
  competitionChangesSchema,
  competitionFileSchema,
  leaderboardSchema,
  problemSchema,
  submissionSchema,
} from '@holdout/contracts';
import { revealFinalPhases, switchTestSets } from '@holdout/db';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { importTestSet } from '../test-sets/import-test-set.js';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { hiddenStudies, publicStudies, type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

let server: TestServer;
let seeded: SeededCompetition;
beforeEach(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
});
afterEach(() => server.close());

type PhaseInput = CompetitionFileInput['phases'][number];

/** The file of the seeded competition, with changes to its hidden phase. */
function makeFile(test: Partial<PhaseInput> = {}, more: Partial<CompetitionFileInput> = {}): CompetitionFileInput {
  const quotas = { perDay: null, total: null, atOnce: null };
  return {
    competition: 'mura',
    title: 'MURA',
    description: 'Normal or abnormal?',
    phases: [
      {
        phase: 'practice',
        title: 'Practice',
        description: 'Against public studies.',
        visibility: 'public',
        testSet: 'mura-practice',
        sample: 'mura-practice',
        limits: { bundleSize: 200_000 },
        quotas,
      },
      {
        phase: 'test',
        title: 'Test',
        description: 'Against hidden studies.',
        visibility: 'hidden',
        testSet: 'mura-test',
        sample: 'mura-practice',
        quotas,
        ...test,
      },
    ],
    ...more,
  };
}

function put(file: unknown, { query = '', token = seeded.organiser.token } = {}) {
  const { competition = 'mura' } = file as { competition?: string };
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(file);
  return server.request(`/api/competitions/${competition}${query}`, { method: 'PUT', body, headers, token });
}

async function apply(file: CompetitionFileInput, query = ''): Promise<CompetitionChanges> {
  const response = await put(file, { query });
  expect(response.status, await response.clone().text()).toBe(200);
  return competitionChangesSchema.parse(await response.json());
}

// biome-ignore lint/suspicious/noExplicitAny: what a user's script would see of the JSON, without our types
async function readJson(path: string, token = seeded.organiser.token): Promise<any> {
  return await (await server.request(path, { token })).json();
}

async function refuse(file: unknown): Promise<string[]> {
  const response = await put(file);
  expect(response.status).toBe(422);
  const { code, problems = [] } = problemSchema.parse(await response.json());
  expect(code).toBe('competition_invalid');
  return problems.map(({ message }) => message);
}

async function readBoard(query = '') {
  const response = await server.request(`/api/competitions/mura/phases/test/leaderboard${query}`);
  return leaderboardSchema.strict().parse(await response.json());
}

async function score(name: string, wrong: readonly string[], teamId = seeded.alpha.teamId) {
  const id = await seedSubmission(server, teamId, { name });
  await walkEvaluation(server.database, id, wrong);
  return id;
}

async function readSubmission(id: string, token = seeded.alpha.token) {
  return submissionSchema.parse(await (await server.request(`/api/submissions/${id}`, { token })).json());
}

const teamsOf = ({ entries }: { entries: readonly { kind: string; name: string }[] }) =>
  entries.filter(({ kind }) => kind === 'team').map(({ name }) => name);

it('changes nothing where the file says what is there; what it writes is such a file', async () => {
  expect(await apply(makeFile())).toMatchObject({ created: false, applied: false, changes: [] });
  const address = '/api/competitions/mura/file';
  expect((await server.request(address, { token: seeded.alpha.token })).status).toBe(403);
  const file = await readJson(address);
  expect(competitionFileSchema.safeParse(file).error).toBeUndefined();
  expect(await apply(file)).toMatchObject({ changes: [] });
});

it('says what would change, changes it, and remembers it', async () => {
  const file = makeFile({ quotas: { perDay: 3, total: null, atOnce: null }, closes: '2030-01-01T01:00:00+01:00' });
  const expected = [
    { path: 'phases.test.closes', from: null, to: '2030-01-01T00:00:00.000Z' },
    { path: 'phases.test.quotas.perDay', from: null, to: 3 },
  ];
  const planned = await apply(file, '?dryRun=true');
  expect(planned).toMatchObject({ applied: false, created: false });
  expect(planned.changes).toEqual(expect.arrayContaining(expected));
  expect(planned.changes).toHaveLength(2);
  expect((await apply(file)).applied).toBe(true);
  expect((await apply(file)).changes).toEqual([]);
  expect((await put(file, { token: seeded.alpha.token })).status).toBe(403);
  const audit = await readJson('/api/competitions/mura/audit');
  expect(audit.acts[0]).toMatchObject({
    action: 'competition.change',
    after: { phases: [{}, { quotas: { perDay: 3 } }] },
  });
});

it('has data that lie elsewhere, which anyone may read of', async () => {
  const name = 'MURA v1.1';
  const data = [{ name, url: 'https://example.org/mura', size: '3 GiB', licence: 'research only' }];
  const link = { name, description: '', url: 'https://example.org/mura', sha256: null, licence: 'research only' };
  const size = 3 * 1024 ** 3;
  const { changes } = await apply(makeFile({}, { data }));
  expect(changes).toEqual([{ path: 'data', from: [], to: [{ ...link, size }] }]);
  expect((await apply(makeFile({}, { data }))).changes).toEqual([]);
  expect((await readJson('/api/competitions/mura/file')).data).toEqual([{ ...link, size }]);
  expect((await readJson('/api/competitions/mura')).data).toEqual([{ ...link, sizeBytes: size }]);
  for (const url of ['http://example.org', 'javascript:alert(1)', 'mura.zip']) {
    expect((await put(makeFile({}, { data: [{ name, url }] }))).status, url).toBe(400);
  }
  expect((await put(makeFile({}, { data: [...data, ...data] }))).status).toBe(400);
  expect((await apply(makeFile())).changes).toMatchObject([{ path: 'data', to: [] }]);
});

it('creates a competition out of test sets that were imported, with the readers in place', async () => {
  const file = { ...makeFile({ goldReaders: ['Reader 4', 'Reader 5', 'Reader 6'] }), competition: 'second' };
  expect(await apply(file)).toMatchObject({ created: true, applied: true });
  const board = await readJson('/api/competitions/second/phases/test/leaderboard');
  expect(board.entries.map(({ name }: { name: string }) => name).sort()).toEqual(['Reader 1', 'Reader 2', 'Reader 3']);
});

it('refuses what is no file, and what does not fit, all problems at once', async () => {
  expect((await put({ ...makeFile(), phases: [] })).status).toBe(400);
  expect((await put(makeFile({ limits: { time: 'soon' } }))).status).toBe(400);
  expect(
    await refuse(
      makeFile({
        sample: 'nowhere',
        testSet: 'mura-test',
        opens: '2030-01-01T00:00:00Z',
        closes: '2029-01-01T00:00:00Z',
      }),
    ),
  ).toEqual([expect.stringContaining('There is no test set nowhere; bring it in with')]);
  const messages = await refuse(
    makeFile({
      opens: '2030-01-01T00:00:00Z',
      closes: '2029-01-01T00:00:00Z',
      goldReaders: ['Reader 9'],
      ranking: { by: ['auroc'] },
      release: { scores: 'ladder', board: 'frozen', from: '2030-01-01T00:00:00Z', final: '2029-01-01T00:00:00Z' },
    }),
  );
  expect(messages).toEqual([
    expect.stringContaining('phases.1.closes: Found 2029'),
    expect.stringContaining('phases.1.release.final: Found 2029'),
    expect.stringContaining('phases.1.ranking.by: Found auroc first'),
    expect.stringContaining('There is no reader “Reader 9” in mura-test'),
  ]);
});

it('refuses what would break history, and a patient or picture in a public and a hidden set', async () => {
  await score('alpha', []);
  const { phases } = makeFile();
  expect(await refuse({ ...makeFile(), phases: phases.slice(1) })).toEqual([
    expect.stringContaining('The phase practice is not in the file'),
  ]);
  expect(await refuse(makeFile({ testSet: 'mura-practice' }))).toEqual(
    expect.arrayContaining([expect.stringContaining('Found mura-practice in place of mura-test, and 1 submissions')]),
  );
  expect(await refuse(makeFile({ visibility: 'public' }))).toEqual([
    expect.stringContaining('phases.1.visibility: Found public in place of hidden'),
  ]);
  expect(await refuse({ ...makeFile({ testSet: 'mura-practice' }), competition: 'second' })).toEqual([
    expect.stringContaining('The test set mura-practice is a sample or a public phase’s too'),
  ]);
  const [first] = publicStudies();
  if (!first) throw new Error('There is no public study.');
  await importTestSet(server, { testSet: 'leaky', studies: [...hiddenStudies().map(asGiven), first] });
  const file = { ...makeFile({ testSet: 'leaky' }), competition: 'second' };
  expect(await refuse(file)).toEqual([
    expect.stringContaining('The patient patient10000 is in leaky and in mura-practice'),
    expect.stringContaining('A picture of XR_HAND/patient10000/study1 is in mura-practice too'),
  ]);
});

const asGiven = ({ readerLabels: _, ...study }: ReturnType<typeof hiddenStudies>[number]) => ({
  ...study,
  goldLabel: 0 as const,
});

it('has the readers of another test set in place where a phase without submissions gets one', async () => {
  const readers = ['Ann', 'Ben', 'Cem', 'Dan'];
  const studies = hiddenStudies().map(({ readerLabels: _, ...study }, place) => ({
    ...study,
    readerLabels: Object.fromEntries(readers.map((reader) => [reader, (place % 2) as 0 | 1])),
  }));
  await importTestSet(server, { testSet: 'other', studies, goldReaders: readers.slice(0, 3) });
  await apply(makeFile({ testSet: 'other' }));
  expect((await readBoard()).entries.map(({ name }) => name)).toEqual(['Dan']);
});

it('takes submissions from when a phase opens until it closes', async () => {
  const bundle = await packFiles(tfjsFiles());
  const submit = () =>
    server.request('/api/competitions/mura/phases/test/submissions', {
      method: 'POST',
      body: new Uint8Array(bundle),
      headers: { 'content-type': 'application/zip' },
      token: seeded.alpha.token,
    });
  await apply(makeFile({ opens: '2100-01-01T00:00:00Z' }));
  expect(await (await submit()).json()).toMatchObject({
    code: 'phase_closed',
    detail: 'It opens at 2100-01-01T00:00:00.000Z.',
  });
  await apply(makeFile({ closes: '2020-01-01T00:00:00Z' }));
  expect(await (await submit()).json()).toMatchObject({ code: 'phase_closed', status: 409 });
  await apply(makeFile());
  expect((await submit()).status).toBe(201);
  // What began in time and ends too late is late: the board may be final by then.
  await apply(makeFile({ release: { final: '2020-01-01T00:00:00Z' } }));
  await expect(seedSubmission(server, seeded.alpha.teamId)).rejects.toMatchObject({ code: 'phase_closed' });
});

it('makes another gold standard by a new version, which the board follows', async () => {
  await score('alpha', []);
  const before = await readBoard();
  const goldReaders = ['Reader 1', 'Reader 2', 'Reader 6'];
  await apply(makeFile({ goldReaders }));
  // One submission waits for its new score; nothing else holds the board back.
  expect(await switchTestSets(server.database)).toEqual([]);
  const { versions } = await readJson('/api/competitions/mura/phases/test/test-set/versions');
  expect(versions.map(({ role }: { role: string }) => role)).toEqual(['next', 'current']);
  expect((await readBoard()).testSetVersion).toBe(before.testSetVersion);
});

it('publishes as many decimals, metrics and intervals as the phase says', async () => {
  await score('alpha', ['XR_WRIST/patient00002/study1']);
  const value = async () => {
    const { entries } = await readBoard();
    return entries.find(({ kind }) => kind === 'team')?.score.overall.auroc;
  };
  await apply(makeFile({ release: { decimals: 1, studyTypes: false, intervals: false } }));
  const board = await readBoard();
  expect(board.studyTypes).toEqual([]);
  for (const entry of board.entries) {
    expect(entry).toMatchObject({ kappaInterval: null, rankInterval: null, score: { byStudyType: {} } });
    expect(entry.score.overall.counts).toBeNull();
  }
  expect(await value()).toEqual({ value: 0.8 });
  await apply(makeFile({ release: { decimals: null } }));
  expect(await value()).toEqual({ value: 0.75 });
  // Counts of a hidden set stay hidden, however many decimals are shown.
  expect((await readBoard()).entries[0]?.score.overall.counts).toBeNull();
});

it('hides every score but from organisers until the phase is final', async () => {
  const id = await score('alpha', []);
  await apply(makeFile({ release: { board: 'hidden' } }));
  const board = await readBoard();
  expect(board).toMatchObject({ readers: [], entries: [], visibility: { state: 'hidden', final: null } });
  expect((await readBoard(`?at=${new Date().toISOString()}`)).entries).toEqual([]);
  expect((await readBoard(`?version=${board.testSetVersion}`)).entries).toEqual([]);
  expect(await readSubmission(id)).toMatchObject({
    state: 'scored',
    score: null,
    intervals: null,
    withheld: 'until_final',
  });
  expect((await readSubmission(id, seeded.organiser.token)).score).not.toBeNull();
  const list = await readJson('/api/submissions', seeded.alpha.token);
  expect(list.submissions[0].score).toBeNull();

  const final = new Date(Date.now() - 1000).toISOString();
  await apply(makeFile({ release: { board: 'hidden', from: '2020-01-01T00:00:00Z', final } }));
  expect(await readBoard()).toMatchObject({ visibility: { state: 'final', final } });
  expect(teamsOf(await readBoard())).toEqual(['alpha']);
  expect((await readSubmission(id)).score).not.toBeNull();
  expect(await refuse(makeFile({ release: { board: 'hidden' } }))).toEqual([
    expect.stringContaining('phases.1.release.final: The phase is final since'),
  ]);
});

it('shows a frozen board as it stood, and each team its own scores', async () => {
  await score('alpha', ['XR_WRIST/patient00002/study1']);
  await apply(makeFile({ release: { board: 'frozen' } }));
  const later = await score('better', []);
  expect(teamsOf(await readBoard())).toEqual(['alpha']);
  expect(teamsOf(await readBoard(`?at=${new Date().toISOString()}`))).toEqual(['alpha']);
  const { testSetVersion } = await readBoard();
  expect(teamsOf(await readBoard(`?version=${testSetVersion}`))).toEqual(['alpha']);
  await server.database
    .updateTable('phases')
    .set((columns) => ({ testSetVersionId: columns.ref('sampleVersionId') }))
    .where('slug', '=', 'test')
    .execute();
  const old = await server.request(`/api/competitions/mura/phases/test/leaderboard?version=${testSetVersion}`);
  expect([old.status, await old.text()]).toEqual([404, expect.stringContaining('While the board is frozen')]);
  await server.database
    .updateTable('phases')
    .set({ testSetVersionId: seeded.hiddenVersion.versionId })
    .where('slug', '=', 'test')
    .execute();
  expect((await readSubmission(later)).score?.overall.kappa).toEqual({ value: 1 });
  await apply(makeFile());
  expect(teamsOf(await readBoard())).toEqual(['better']);
});

it('tells a team no score that the ladder withholds, and all of them in the end', async () => {
  await apply(makeFile({ release: { scores: 'ladder' } }));
  const first = await score('first', []);
  await server.database.updateTable('scores').set({ released: false }).execute();
  expect(await readSubmission(first)).toMatchObject({ score: null, withheld: 'not_better' });
  const final = new Date(Date.now() - 1000).toISOString();
  await apply(makeFile({ release: { scores: 'ladder', final } }));
  await revealFinalPhases(server.database);
  expect(teamsOf(await readBoard())).toEqual(['first']);
  expect(await readSubmission(first)).toMatchObject({ withheld: null, score: {} });
});

it('counts what a team chose, by its own token only', async () => {
  const [best, weak] = [await score('best', []), await score('weak', ['XR_WRIST/patient00002/study1'])];
  await apply(makeFile({ counted: { chosen: 1 } }));
  const choose = (id: string, chosen: boolean, token = seeded.alpha.token) =>
    server.request(`/api/submissions/${id}/choose`, {
      method: 'POST',
      body: JSON.stringify({ chosen }),
      headers: { 'content-type': 'application/json' },
      token,
    });
  expect((await choose(weak, true, seeded.beta.token)).status).toBe(404);
  expect((await choose(weak, true, seeded.organiser.token)).status).toBe(403);
  expect(await (await choose(weak, true)).json()).toMatchObject({ chosen: true });
  expect(teamsOf(await readBoard())).toEqual(['weak']);
  expect(problemSchema.parse(await (await choose(best, true)).json())).toMatchObject({
    code: 'choice_refused',
    status: 409,
    detail: expect.stringContaining(weak),
  });
  await choose(weak, false);
  expect(teamsOf(await readBoard())).toEqual(['best']);
});

it('runs anew what an organiser asks for, once at a time', async () => {
  const id = await score('alpha', []);
  const rerun = (token: string) => server.request(`/api/submissions/${id}/rerun`, { method: 'POST', token });
  expect((await rerun(seeded.alpha.token)).status).toBe(403);
  expect(await (await rerun(seeded.organiser.token)).json()).toEqual({ begun: 1 });
  expect(await (await rerun(seeded.organiser.token)).json()).toMatchObject({ code: 'submission_under_way' });
  const all = await server.request('/api/competitions/mura/phases/test/rerun', {
    method: 'POST',
    body: JSON.stringify({ which: 'all' }),
    headers: { 'content-type': 'application/json' },
    token: seeded.organiser.token,
  });
  expect([all.status, await all.json()]).toEqual([202, { begun: 0 }]);
  // Until the new score is there, nothing is lost.
  expect(teamsOf(await readBoard())).toEqual(['alpha']);
  expect(await readSubmission(id)).toMatchObject({ state: 'scored' });
});
