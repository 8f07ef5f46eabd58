import { writeFile } from 'node:fs/promises';
import { join as pathJoin } from 'node:path';
import {
  createdTokenSchema,
  invitationListSchema,
  mergedTeamSchema,
  meSchema,
  organiserListSchema,
  participationSchema,
  problemSchema,
  quotaUseSchema,
  submissionSchema,
  teamSchema,
} from '@holdout/contracts';
import { findUserByEmail } from '@holdout/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provideSiteAdmin } from '../provision/provide-user.js';
import { type Browser, findLink, newestMailId, password, signIn, signUp, waitForMail } from '../testing/browser.js';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { runCommand } from '../testing/run-command.js';
import { seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { beginUpload, readOffset, readResult, sendPart } from '../testing/upload-parts.js';

let server: TestServer;
let ada: Browser;
let bob: Browser;
let root: Browser;
beforeAll(async () => {
  server = await startTestServer();
  await seedCompetition(server);
  await provideSiteAdmin(server, { name: 'Root', email: 'root@example.org', password });
  [ada, bob, root] = await Promise.all([
    signUp(server, 'ada@example.org', 'Ada'),
    signUp(server, 'bob@example.org', 'Bob'),
    signIn(server, 'root@example.org'),
  ]);
});
afterAll(() => server.close());

const codeOf = async (response: Response) => problemSchema.parse(await response.json()).code;
/** Submits a whole bundle, as a page would. */
const submitTo = (browser: Browser, phase: string, bundle: Uint8Array) =>
  fetch(`${server.url}/api/competitions/mura/phases/${phase}/submissions`, {
    method: 'POST',
    headers: {
      origin: server.url,
      'content-type': 'application/zip',
      cookie: [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; '),
    },
    body: new Uint8Array(bundle),
  });
const makeToken = async (browser: Browser) =>
  createdTokenSchema.parse(await (await browser.send('POST', '/api/me/tokens', { name: 'x', scope: 'submit' })).json())
    .secret;
const idOf = async (email: string) => (await findUserByEmail(server.database, email))?.id ?? '';
const teamsOf = async (browser: Browser) =>
  meSchema.parse(await (await browser.send('GET', '/api/me')).json()).teams.map(({ name, role }) => [name, role]);

async function makeTeam(browser: Browser, name: string) {
  return teamSchema.parse(await (await browser.send('POST', '/api/teams', { name })).json());
}

/** Invites an address; the id of the invitation, and the secret of the mailed link. */
async function invite(browser: Browser, teamId: string, email: string) {
  const seen = await newestMailId(server);
  const answer = await browser.send('POST', `/api/teams/${teamId}/invitations`, { email });
  if (answer.status !== 201) throw new Error(await answer.text());
  const link = new URL(findLink((await waitForMail(server, email, seen)).text));
  return { id: link.pathname.split('/').at(-1) ?? '', secret: link.searchParams.get('secret') ?? '' };
}

describe('a team', () => {
  it('is made by its owner, has a name of its own, and is shown to its members only', async () => {
    const team = await makeTeam(ada, 'Analysts');
    expect(team).toMatchObject({ name: 'Analysts', invitations: [], competitions: [] });
    expect(team.members).toMatchObject([{ name: 'Ada', email: 'ada@example.org', role: 'owner' }]);
    expect(await codeOf(await bob.send('POST', '/api/teams', { name: 'Analysts' }))).toBe('team_name_taken');
    expect(await codeOf(await bob.send('GET', `/api/teams/${team.id}`))).toBe('team_not_found');
    expect(await codeOf(await root.send('GET', `/api/teams/${team.id}`))).toBe('team_not_found');
    expect((await ada.send('GET', `/api/teams/${team.id}`)).status).toBe(200);
  });

  it('takes in who accepts, and lets go who leaves', async () => {
    const { id } = await makeTeam(ada, 'Travellers');
    const invitation = await invite(ada, id, 'bob@example.org');
    const listed = invitationListSchema.parse(await (await bob.send('GET', '/api/invitations')).json());
    expect(listed.invitations).toMatchObject([
      { id: invitation.id, team: { id, name: 'Travellers' }, invitedBy: 'Ada' },
    ]);
    expect((await bob.send('POST', `/api/invitations/${invitation.id}/accept`)).status).toBe(200);
    expect(await teamsOf(bob)).toEqual([['Travellers', 'member']]);
    expect(await codeOf(await bob.send('POST', `/api/invitations/${invitation.id}/accept`))).toBe(
      'invitation_not_found',
    );

    const bobId = await idOf('bob@example.org');
    const adaId = await idOf('ada@example.org');
    const path = `/api/teams/${id}/members`;
    expect(await codeOf(await bob.send('DELETE', `${path}/${adaId}`))).toBe('not_allowed');
    expect(await codeOf(await bob.send('PATCH', `${path}/${bobId}`, { role: 'owner' }))).toBe('not_allowed');
    expect(await codeOf(await ada.send('DELETE', `${path}/${adaId}`))).toBe('team_role_refused');
    expect(await codeOf(await ada.send('PATCH', `${path}/${adaId}`, { role: 'member' }))).toBe('team_role_refused');
    expect((await ada.send('PATCH', `${path}/${bobId}`, { role: 'owner' })).status).toBe(200);
    expect((await ada.send('DELETE', `${path}/${adaId}`)).status).toBe(204);
    expect(await teamsOf(bob)).toEqual([['Travellers', 'owner']]);
    expect(await codeOf(await bob.send('DELETE', `${path}/${bobId}`))).toBe('team_role_refused');
  });

  it('keeps one owner also where two leave at the same moment', async () => {
    const { id } = await makeTeam(ada, 'Twins');
    const invitation = await invite(ada, id, 'bob@example.org');
    await bob.send('POST', `/api/invitations/${invitation.id}/accept`);
    const [adaId, bobId] = [await idOf('ada@example.org'), await idOf('bob@example.org')];
    await ada.send('PATCH', `/api/teams/${id}/members/${bobId}`, { role: 'owner' });
    const left = await Promise.all([
      ada.send('DELETE', `/api/teams/${id}/members/${adaId}`),
      bob.send('DELETE', `/api/teams/${id}/members/${bobId}`),
    ]);
    expect(left.map(({ status }) => status).sort()).toEqual([204, 409]);
  });
});

describe('an invitation', () => {
  it('is for its address, or for who has its link', async () => {
    const { id } = await makeTeam(ada, 'Guests');
    const eve = await signUp(server, 'eve@example.org');
    const { id: invitationId, secret } = await invite(ada, id, 'somebody@institute.example');
    const accept = (body?: object) => eve.send('POST', `/api/invitations/${invitationId}/accept`, body);
    expect(await codeOf(await accept())).toBe('invitation_not_found');
    expect(await codeOf(await accept({ secret: 'guessed' }))).toBe('invitation_not_found');
    expect((await accept({ secret })).status).toBe(200);
    expect(await teamsOf(eve)).toEqual([['Guests', 'member']]);
    expect(JSON.stringify(await server.database.selectFrom('teamInvitations').selectAll().execute())).not.toContain(
      secret,
    );
  });

  it('is over when it is declined, withdrawn, replaced or too old', async () => {
    const { id } = await makeTeam(ada, 'Fickle');
    const accept = async (invitation: { id: string }) =>
      await codeOf(await bob.send('POST', `/api/invitations/${invitation.id}/accept`));
    const declined = await invite(ada, id, 'bob@example.org');
    expect((await bob.send('POST', `/api/invitations/${declined.id}/decline`)).status).toBe(204);
    expect(await accept(declined)).toBe('invitation_not_found');
    const withdrawn = await invite(ada, id, 'bob@example.org');
    expect((await ada.send('DELETE', `/api/teams/${id}/invitations/${withdrawn.id}`)).status).toBe(204);
    expect(await accept(withdrawn)).toBe('invitation_not_found');
    const replaced = await invite(ada, id, 'bob@example.org');
    const old = await invite(ada, id, 'Bob@example.org'.toLowerCase());
    expect(await accept(replaced)).toBe('invitation_not_found');
    await server.database
      .updateTable('teamInvitations')
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where('id', '=', old.id)
      .execute();
    expect(await accept(old)).toBe('invitation_not_found');
    expect(await codeOf(await bob.send('POST', '/api/invitations/no-id/accept'))).toBe('invitation_not_found');
  });

  it('is the owners’ to send', async () => {
    const { id } = await makeTeam(ada, 'Closed');
    const { id: invitationId } = await invite(ada, id, 'bob@example.org');
    await bob.send('POST', `/api/invitations/${invitationId}/accept`);
    const email = 'x@example.org';
    expect(await codeOf(await bob.send('POST', `/api/teams/${id}/invitations`, { email }))).toBe('not_allowed');
    expect(await codeOf(await root.send('POST', `/api/teams/${id}/invitations`, { email }))).toBe('team_not_found');
  });
});

describe('joining a competition', () => {
  const join = (browser: Browser, body: object) =>
    browser.send('POST', '/api/competitions/mura/join', { rulesVersion: 1, ...body });

  it('is with one team, by the present rules', async () => {
    const carl = await signUp(server, 'carl@example.org');
    expect(await codeOf(await join(carl, { newTeam: 'Carls', rulesVersion: 2 }))).toBe('rules_outdated');
    expect(await teamsOf(carl)).toEqual([]);
    expect(await codeOf(await join(carl, {}))).toBe('request_invalid');
    const joined = participationSchema.parse(await (await join(carl, { newTeam: 'Carls' })).json());
    expect(joined).toMatchObject({ competition: 'mura', team: { name: 'Carls' }, rulesVersion: 1 });
    expect(await codeOf(await join(carl, { newTeam: 'Carls again' }))).toBe('already_in_team');
    expect(await teamsOf(carl)).toEqual([['Carls', 'owner']]);
    const me = meSchema.parse(await (await carl.send('GET', '/api/me')).json());
    expect(me.competitions).toEqual([joined]);

    await server.database.updateTable('competitions').set({ rules: 'Be kind.' }).where('slug', '=', 'mura').execute();
    expect(await codeOf(await join(carl, { team: joined.team.id }))).toBe('rules_outdated');
    expect((await join(carl, { team: joined.team.id, rulesVersion: 2 })).status).toBe(200);
    const acceptances = await server.database.selectFrom('rulesAcceptances').selectAll().execute();
    expect(acceptances.map(({ rulesVersion, acceptedBy }) => [rulesVersion, acceptedBy])).toEqual([
      [1, 'carl <carl@example.org>'],
      [2, 'carl <carl@example.org>'],
    ]);
  });

  it('is no organiser’s', async () => {
    expect(await codeOf(await join(root, { newTeam: 'Roots', rulesVersion: 2 }))).toBe('join_refused');
    const { id } = await makeTeam(ada, 'Trojans');
    expect((await join(ada, { team: id, rulesVersion: 2 })).status).toBe(200);
    const { id: invitationId } = await invite(ada, id, 'root@example.org');
    expect(await codeOf(await root.send('POST', `/api/invitations/${invitationId}/accept`))).toBe('join_refused');
    const add = (email: string) => root.send('POST', '/api/competitions/mura/organisers', { email });
    expect(await codeOf(await add('ada@example.org'))).toBe('organiser_refused');
    expect(await codeOf(await add('nobody@example.org'))).toBe('user_not_found');
  });

  it('loses organisers one by one, also the last: site administrators organise it still', async () => {
    const path = '/api/competitions/mura/organisers';
    await signUp(server, 'olga@example.org');
    await signUp(server, 'omar@example.org');
    await root.send('POST', path, { email: 'olga@example.org' });
    const added = await root.send('POST', path, { email: 'omar@example.org' });
    const { organisers } = organiserListSchema.parse(await added.json());
    expect(organisers.map(({ email }) => email)).toEqual(['olga@example.org', 'omar@example.org']);
    const answers = await Promise.all(organisers.map(({ id }) => root.send('DELETE', `${path}/${id}`)));
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect(await codeOf(await root.send('DELETE', `${path}/${organisers[0]?.id}`))).toBe('organiser_not_found');
    expect(await (await root.send('GET', path)).json()).toEqual({ organisers: [] });
  });

  it('leaves a person in one team, whatever happens at the same moment', async () => {
    const dora = await signUp(server, 'dora@example.org');
    const answers = await Promise.all(
      ['A', 'B', 'C', 'D'].map((name) => join(dora, { newTeam: `Dora ${name}`, rulesVersion: 2 })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);

    // One is taken into a team that joins, while they join with another.
    const frank = await signUp(server, 'frank@example.org');
    const gina = await signUp(server, 'gina@example.org');
    const { id } = await makeTeam(gina, 'Ginas');
    const invitation = await invite(gina, id, 'frank@example.org');
    await Promise.all([
      frank.send('POST', `/api/invitations/${invitation.id}/accept`),
      join(gina, { team: id, rulesVersion: 2 }),
      join(frank, { newTeam: 'Franks', rulesVersion: 2 }),
    ]);
    const { competitions } = meSchema.parse(await (await frank.send('GET', '/api/me')).json());
    expect(competitions.length).toBeLessThanOrEqual(1);
  });

  it('makes the team’s submissions possible, and not before', async () => {
    const hana = await signUp(server, 'hana@example.org');
    const quota = () => hana.send('GET', '/api/competitions/mura/phases/practice/quota');
    expect(await codeOf(await quota())).toBe('not_taking_part');
    await join(hana, { newTeam: 'Hanas', rulesVersion: 2 });
    expect((await quota()).status).toBe(200);
  });
});

describe('merging', () => {
  it('needs an owner of each team, adds up the quotas and moves the submissions', async () => {
    const join = async (browser: Browser, newTeam: string) =>
      participationSchema.parse(
        await (await browser.send('POST', '/api/competitions/mura/join', { newTeam, rulesVersion: 2 })).json(),
      ).team.id;
    const [ina, jo, kim] = await Promise.all([
      signUp(server, 'ina@example.org'),
      signUp(server, 'jo@example.org'),
      signUp(server, 'kim@example.org'),
    ]);
    const [fromId, intoId] = [await join(ina, 'Inas'), await join(jo, 'Jos')];
    const bundle = await packFiles(tfjsFiles());
    const submit = async (browser: Browser) =>
      submissionSchema.parse(await (await submitTo(browser, 'practice', bundle)).json()).id;
    const inas = await submit(ina);
    await submit(jo);

    const offer = (browser: Browser) => browser.send('POST', `/api/teams/${fromId}/merge`, { into: intoId });
    const accept = (browser: Browser) => browser.send('POST', `/api/teams/${intoId}/merge-offers/${fromId}/accept`);
    expect(await codeOf(await offer(jo))).toBe('team_not_found');
    expect(await codeOf(await accept(jo))).toBe('merge_offer_not_found');
    const seen = await newestMailId(server);
    const offered = mergedTeamSchema.parse(await (await offer(ina)).json());
    expect(offered).toMatchObject({
      merged: false,
      team: { mergeOffers: [{ from: { id: fromId }, into: { id: intoId } }] },
    });
    expect((await waitForMail(server, 'jo@example.org', seen)).subject).toContain('Inas wants to be merged into Jos');
    expect(await codeOf(await accept(ina))).toBe('team_not_found');
    expect(await codeOf(await accept(kim))).toBe('team_not_found');

    expect((await jo.send('DELETE', `/api/teams/${intoId}/merge-offers/${fromId}`)).status).toBe(204);
    expect(await codeOf(await accept(jo))).toBe('merge_offer_not_found');
    await offer(ina);
    const merged = teamSchema.parse(await (await accept(jo)).json());
    expect(merged.members.map(({ name, role }) => [name, role])).toEqual([
      ['jo', 'owner'],
      ['ina', 'owner'],
    ]);
    expect(merged.mergeOffers).toEqual([]);
    expect(await teamsOf(ina)).toEqual([['Jos', 'owner']]);
    expect((await jo.send('GET', `/api/submissions/${inas}`)).status).toBe(200);
    const quota = await ina.send('GET', '/api/competitions/mura/phases/practice/quota');
    expect(quotaUseSchema.parse(await quota.json()).used).toEqual({ perDay: 2, total: 2, atOnce: 2 });
  });

  it('takes along what is half sent', async () => {
    const lea = await signUp(server, 'lea@example.org');
    const max = await signUp(server, 'max@example.org');
    const join = async (browser: Browser, newTeam: string) =>
      participationSchema.parse(
        await (await browser.send('POST', '/api/competitions/mura/join', { newTeam, rulesVersion: 2 })).json(),
      ).team.id;
    const [fromId, intoId] = [await join(lea, 'Leas'), await join(max, 'Maxes')];
    const bundle = await packFiles(tfjsFiles());
    const half = Math.floor(bundle.length / 2);
    const [byLea, byMax] = [
      { url: server.url, token: await makeToken(lea) },
      { url: server.url, token: await makeToken(max) },
    ];
    const begun = await beginUpload(byLea, { sizeBytes: bundle.length, phase: 'practice' });
    const location = begun.headers.get('location') ?? '';
    await sendPart(byLea, location, bundle.subarray(0, half), 0);
    await lea.send('POST', `/api/teams/${fromId}/merge`, { into: intoId });
    await max.send('POST', `/api/teams/${intoId}/merge-offers/${fromId}/accept`);

    expect(await readOffset(byLea, location)).toBe(half);
    expect(await readOffset(byMax, location)).toBe(half);
    expect((await sendPart(byLea, location, bundle.subarray(half), half)).status).toBe(204);
    const { team } = submissionSchema.parse(await (await readResult(byMax, location)).json());
    expect(team).toBe('Maxes');
    const quota = await max.send('GET', '/api/competitions/mura/phases/practice/quota');
    expect(quotaUseSchema.parse(await quota.json()).used.total).toBe(1);
  });

  it('is at once where one person owns both', async () => {
    const [one, two] = [await makeTeam(ada, 'One'), await makeTeam(ada, 'Two')];
    const answer = await ada.send('POST', `/api/teams/${one.id}/merge`, { into: two.id });
    expect(mergedTeamSchema.parse(await answer.json())).toMatchObject({ merged: true, team: { name: 'Two' } });
    expect(await codeOf(await ada.send('GET', `/api/teams/${one.id}`))).toBe('team_not_found');
    const nowhere = { into: '00000000-0000-4000-8000-000000000000' };
    expect(await codeOf(await ada.send('POST', `/api/teams/${two.id}/merge`, nowhere))).toBe('team_not_found');
  });
});

describe('rules that change', () => {
  const setRules = (rules: string) =>
    server.database.updateTable('competitions').set({ rules }).where('slug', '=', 'mura').execute();

  it('are accepted anew before a team submits again; what waits goes on', async () => {
    const [iris, jan] = [await signUp(server, 'iris@example.org'), await signUp(server, 'jan@example.org')];
    const join = (body: object) => iris.send('POST', '/api/competitions/mura/join', body);
    const { team } = participationSchema.parse(await (await join({ newTeam: 'Irises', rulesVersion: 2 })).json());
    const bundle = await packFiles(tfjsFiles());
    const before = submissionSchema.parse(await (await submitTo(iris, 'practice', bundle)).json());
    const sender = { url: server.url, token: await makeToken(iris) };
    const half = Math.floor(bundle.length / 2);
    const begun = (await beginUpload(sender, { sizeBytes: bundle.length, phase: 'practice' })).headers.get('location');
    const location = begun ?? '';
    await sendPart(sender, location, bundle.subarray(0, half), 0);
    const whole = await beginUpload(sender, { sizeBytes: bundle.length, phase: 'practice' });
    const sent = whole.headers.get('location') ?? '';

    await setRules('Be kind, and be quick.');
    const refused = problemSchema.parse(await (await submitTo(iris, 'practice', bundle)).json());
    expect(refused).toMatchObject({ code: 'rules_changed', status: 403, detail: expect.stringMatching(/2; .* 3\.$/) });
    const again = await beginUpload(sender, { sizeBytes: bundle.length, phase: 'practice' });
    expect(await codeOf(again)).toBe('rules_changed');
    expect(await codeOf(await sendPart(sender, location, bundle.subarray(half), half))).toBe('rules_changed');
    expect(await readOffset(sender, location)).toBe(half);
    // What had been entered before goes on, and everything can be looked at.
    const stays = submissionSchema.parse(await (await iris.send('GET', `/api/submissions/${before.id}`)).json());
    expect(stays.state).toBe('queued');

    // An owner accepts them, for the whole team.
    const invitation = await invite(iris, team.id, 'jan@example.org');
    await jan.send('POST', `/api/invitations/${invitation.id}/accept`);
    const byMember = { team: team.id, rulesVersion: 3 };
    expect(await codeOf(await jan.send('POST', '/api/competitions/mura/join', byMember))).toBe('not_allowed');
    expect(await codeOf(await submitTo(jan, 'practice', bundle))).toBe('rules_changed');
    const accepting = await runCommand(['competition', 'join', 'mura', '--accept-rules', '3'], {
      server: server.url,
      token: await makeToken(iris),
    });
    expect(accepting).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/“Irises” has accepted version 3/) });
    expect((await submitTo(jan, 'practice', bundle)).status).toBe(201);
    expect((await sendPart(sender, location, bundle.subarray(half), half)).status).toBe(204);
    expect((await readResult(sender, location)).status).toBe(200);
    const acceptances = await server.database
      .selectFrom('rulesAcceptances')
      .select(['rulesVersion', 'acceptedBy', 'at'])
      .where('teamId', '=', team.id)
      .execute();
    expect(acceptances).toEqual([
      { rulesVersion: 2, acceptedBy: 'iris <iris@example.org>', at: expect.any(Date) },
      { rulesVersion: 3, acceptedBy: expect.stringMatching(/^iris <iris@example.org>, token /), at: expect.any(Date) },
    ]);

    // They change in the moment between the last byte and its check: the bytes are good once the team has accepted.
    await server.database
      .updateTable('participations')
      .set({ rulesVersion: 2 })
      .where('teamId', '=', team.id)
      .execute();
    await writeFile(pathJoin(server.storageDirectory, 'uploads', sent.split('/').at(-1) ?? ''), bundle);
    expect(await codeOf(await readResult(sender, sent))).toBe('rules_changed');
    await join({ team: team.id, rulesVersion: 3 });
    expect((await readResult(sender, sent)).status).toBe(200);
    const command = await runCommand(['competition', 'join', 'mura', '--accept-rules', '2'], {
      server: server.url,
      token: sender.token,
    });
    expect(command.stderr).toMatch(/version 3 now/);
  });
});
