import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { insertToken, useTokenByHash } from '../tables/api-tokens.js';
import { readLeaderboard } from '../tables/entries.js';
import { readPastBoard } from '../tables/past-board.js';
import { readQuotaUse } from '../tables/quotas.js';
import { findSubmission } from '../tables/submissions.js';
import { findTeam, insertTeam, insertTeamOf, readTeam } from '../tables/teams.js';
import { findUpload, insertUpload } from '../tables/uploads.js';
import { type SeededPhase, scoreOf, seedPhase, seedSubmission, sha256 } from '../testing/seed-phase.js';
import { useDatabases } from '../testing/use-databases.js';
import { chooseSubmission } from './choose-submission.js';
import { claimEvaluation } from './claim-evaluation.js';
import { claimScoring } from './claim-scoring.js';
import { joinCompetition } from './join-competition.js';
import { mergeTeams } from './merge-teams.js';
import { publishScore } from './publish-score.js';
import { finishRunning, startRunning } from './run-evaluation.js';

const databases = useDatabases();
const actor = 'ada';

async function toScoring(phase: SeededPhase, name: string) {
  const { owner } = databases;
  const { evaluationId, submissionId } = await seedSubmission(owner, phase, name);
  await claimEvaluation(owner, { evaluationId, owner: 'worker', leaseSeconds: 30 });
  await startRunning(owner, { evaluationId, leaseToken: 1 });
  await finishRunning(owner, { evaluationId, leaseToken: 1, predictionsDigest: sha256(name), provenance: {} });
  await claimScoring(owner, { evaluationId, owner: 'scorer', leaseSeconds: 30 });
  const publish = (kappa: number) =>
    publishScore(owner, { evaluationId, leaseToken: 2, score: scoreOf(kappa), scorerVersion: '1', provenance: {} });
  return { submissionId, publish };
}

async function score(phase: SeededPhase, name: string, kappa: number): Promise<string> {
  const { submissionId, publish } = await toScoring(phase, name);
  expect(await publish(kappa)).toBe(true);
  return submissionId;
}

async function seedUser(name: string): Promise<string> {
  const user = { name, email: `${name}@example.org` };
  return (await databases.owner.insertInto('users').values(user).returning('id').executeTakeFirstOrThrow()).id;
}

/** Two teams in one phase: `into` has a place by `one`, `from` a better one by `two`. */
async function seedTeams() {
  const { owner } = databases;
  const into = await seedPhase(owner);
  const from = { ...into, teamId: await insertTeam(owner, 'From') };
  await score(into, 'one', 0.4);
  const two = await score(from, 'two', 0.8);
  return { into, from, two };
}

const board = async ({ phaseId }: SeededPhase) =>
  (await readLeaderboard(databases.owner, phaseId)).entries.map(({ team, name }) => [team, name]);

async function now(): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`SELECT clock_timestamp() AS at FROM pg_sleep(0.01)`.execute(databases.owner);
  await sql`SELECT pg_sleep(0.01)`.execute(databases.owner);
  return rows[0]?.at ?? new Date();
}

it('moves submissions, tokens and the place on the board, and leaves past boards as they were', async () => {
  const { owner } = databases;
  const { into, from, two } = await seedTeams();
  const [intoName] = (await board(into)).at(-1) ?? [];
  await insertToken(owner, { tokenSha256: sha256('token'), teamId: from.teamId });
  const before = await now();
  const boardBefore = await readPastBoard(owner, into.phaseId, before);
  expect(boardBefore?.entries).toHaveLength(2);

  await mergeTeams(owner, { fromId: from.teamId, intoId: into.teamId, byOffer: false, actor });
  expect(await board(into)).toEqual([[intoName, 'two']]);
  expect(await readPastBoard(owner, into.phaseId, before)).toEqual(boardBefore);
  expect((await readPastBoard(owner, into.phaseId, await now()))?.entries).toMatchObject([{ name: 'two' }]);
  expect((await findSubmission(owner, two))?.teamId).toBe(into.teamId);
  expect((await useTokenByHash(owner, sha256('token')))?.team?.id).toBe(into.teamId);
  expect((await findTeam(owner, 'From'))?.id).toBe(into.teamId);
  await expect(seedSubmission(owner, from, 'late')).rejects.toMatchObject({ code: 'team_not_found' });
  await expect(
    mergeTeams(owner, { fromId: from.teamId, intoId: into.teamId, byOffer: false, actor }),
  ).rejects.toMatchObject({
    code: 'team_not_found',
  });
});

it('adds up what was used, of the last 24 hours and in all', async () => {
  const { owner } = databases;
  const { into, from } = await seedTeams();
  await seedSubmission(owner, from, 'three');
  const old = await seedSubmission(owner, from, 'old');
  await sql`UPDATE submissions SET submitted_at = now() - interval '2 days' WHERE id = ${old.submissionId}`.execute(
    owner,
  );
  await sql`UPDATE phases SET quota_per_day = 3, quota_total = 5 WHERE id = ${into.phaseId}`.execute(owner);
  await mergeTeams(owner, { fromId: from.teamId, intoId: into.teamId, byOffer: false, actor });
  const use = await readQuotaUse(owner, { phaseId: into.phaseId, teamId: into.teamId });
  expect(use.used).toEqual({ perDay: 3, total: 4, atOnce: 2 });
  await expect(seedSubmission(owner, into, 'more')).rejects.toMatchObject({ code: 'quota_exceeded' });
});

it('gives a score that comes later to the team that remains', async () => {
  const { owner } = databases;
  const { into, from } = await seedTeams();
  const { publish } = await toScoring(from, 'best');
  await Promise.all([
    mergeTeams(owner, { fromId: from.teamId, intoId: into.teamId, byOffer: false, actor }),
    publish(0.9),
  ]);
  expect((await board(into)).map(([, name]) => name)).toEqual(['best']);
});

it('brings the people and their competitions together', async () => {
  const { owner } = databases;
  const [ada, bob, carl] = [await seedUser('ada'), await seedUser('bob'), await seedUser('carl')];
  const { phaseId } = await seedPhase(owner);
  const { competitionId } = await owner
    .selectFrom('phases')
    .select('competitionId')
    .where('id', '=', phaseId)
    .executeTakeFirstOrThrow();
  const join = (userId: string, newName: string) =>
    joinCompetition(owner, { competitionId, team: { newName }, userId, acceptedBy: 'x', rulesVersion: 1 });
  const intoId = await insertTeamOf(owner, { name: 'Into', ownerId: ada });
  const fromId = await join(bob, 'Of Bob');
  await join(carl, 'Of Carl');
  const addToInto = (userId: string) =>
    owner.insertInto('teamMembers').values({ teamId: intoId, userId, role: 'member' }).execute();
  await addToInto(carl);
  // Carl would be in two teams of the competition.
  const merge = { fromId, intoId, byOffer: false, actor };
  await expect(mergeTeams(owner, merge)).rejects.toMatchObject({ code: 'merge_refused' });
  expect((await readTeam(owner, fromId))?.members).toMatchObject([{ name: 'bob' }]);
  await owner.deleteFrom('teamMembers').where('teamId', '=', intoId).where('userId', '=', carl).execute();
  await mergeTeams(owner, merge);
  const merged = await readTeam(owner, intoId);
  expect(merged?.members.map(({ name, role }) => [name, role])).toEqual([
    ['ada', 'owner'],
    ['bob', 'owner'],
  ]);
  expect(merged?.competitions).toHaveLength(1);
  await expect(addToInto(carl)).rejects.toThrow('one_team_per_competition');
});

it('changes no board that is final', async () => {
  const { owner } = databases;
  const { into, from } = await seedTeams();
  await sql`UPDATE phases SET final_at = now() WHERE id = ${into.phaseId}`.execute(owner);
  await expect(
    mergeTeams(owner, { fromId: from.teamId, intoId: into.teamId, byOffer: false, actor }),
  ).rejects.toMatchObject({
    code: 'merge_refused',
  });
  expect(await board(into)).toHaveLength(2);
});

it('keeps no more choices than a team may have', async () => {
  const { owner } = databases;
  const { into, from, two } = await seedTeams();
  await sql`UPDATE phases SET counted = 'chosen', chosen_at_most = 1 WHERE id = ${into.phaseId}`.execute(owner);
  const weak = await score(into, 'weak', 0.1);
  await chooseSubmission(owner, { submissionId: two, chosen: true });
  await chooseSubmission(owner, { submissionId: weak, chosen: true });
  await mergeTeams(owner, { fromId: from.teamId, intoId: into.teamId, byOffer: false, actor });
  expect((await board(into)).map(([, name]) => name)).toEqual(['weak']);
});

it('takes uploads along, those under way too, and begins none for a team that is no more', async () => {
  const { owner } = databases;
  const { into, from } = await seedTeams();
  const { phaseId } = into;
  const begun = { id: randomUUID(), teamId: from.teamId, phaseId, sizeBytes: 1, metadata: {} };
  await insertUpload(owner, begun, { limit: 8 });
  await mergeTeams(owner, { fromId: from.teamId, intoId: into.teamId, byOffer: false, actor });
  expect((await findUpload(owner, begun.id))?.teamId).toBe(into.teamId);
  const late = insertUpload(owner, { ...begun, id: randomUUID() }, { limit: 8 });
  await expect(late).rejects.toMatchObject({ code: 'team_not_found' });

  // The last byte came before the merge, and its check ends after it.
  const { submissionId } = await seedSubmission(owner, from, 'half sent', { uploadId: begun.id });
  expect((await findSubmission(owner, submissionId))?.teamId).toBe(into.teamId);
  await owner.deleteFrom('uploads').where('id', '=', begun.id).execute();
  const removed = seedSubmission(owner, from, 'removed', { uploadId: begun.id });
  await expect(removed).rejects.toMatchObject({ code: 'upload_not_found' });
});
