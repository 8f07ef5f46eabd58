import { json } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { runHoldout } from '../../testing/run-holdout.js';
import { startScriptedServer } from '../../testing/start-scripted-server.js';

const ids = ['1', '2', '3', '4'].map((digit) => `${digit.repeat(8)}-1111-4111-8111-111111111111`);
const [ada = '', first = '', second = '', other = ''] = ids;
const at = '2026-01-01T00:00:00.000Z';
const rulesVersion = 3;

const user = {
  id: ada,
  name: 'Ada',
  email: 'ada@example.org',
  emailVerified: true,
  siteAdmin: false,
  twoFactorEnabled: false,
  secondFactorDue: false,
};
const readers = { id: first, name: 'The Readers', role: 'owner' };
const nightShift = { id: second, name: 'Night Shift', role: 'owner' };
const team = {
  id: first,
  name: 'The Readers',
  members: [{ id: ada, name: 'Ada', email: user.email, role: 'owner', joinedAt: at }],
  invitations: [{ id: other, email: 'grace@example.org', createdAt: at, expiresAt: at }],
  competitions: [{ competition: 'mura', rulesVersion, joinedAt: at }],
  mergeOffers: [{ from: { id: other, name: 'Late Shift' }, into: { id: first, name: 'The Readers' }, offeredAt: at }],
};
const invitation = { id: other, team: { id: second, name: 'Night Shift' }, invitedBy: 'Grace', expiresAt: at };
const token = {
  id: first,
  name: 'ci',
  scope: 'submit',
  competition: null,
  createdAt: at,
  expiresAt: at,
  lastUsedAt: null,
};
const competition = {
  competition: 'mura',
  title: 'MURA',
  description: 'Normal or abnormal?',
  rules: 'Be *fair*.',
  rulesVersion,
  data: [],
  phases: [],
};

let server: string;
let teams: object[];
let refusal: { status: number; code: string } | null;
let sent: [string, unknown][];
beforeEach(async () => {
  teams = [readers];
  refusal = null;
  sent = [];
  const answers: Record<string, unknown> = {
    'GET /api/competitions': { competitions: [competition] },
    'GET /api/invitations': { invitations: [invitation] },
    'GET /api/me/tokens': { tokens: [token] },
    'POST /api/me/tokens': { ...token, secret: 'holdout_new' },
    'POST /api/competitions/mura/join': { competition: 'mura', team: { id: first, name: 'The Readers' }, rulesVersion },
  };
  const { config } = await startScriptedServer(async (request, response) => {
    const route = `${request.method} ${request.url}`;
    const hasBody = Number(request.headers['content-length'] ?? 0) > 0;
    const body = hasBody ? await json(request) : null;
    if (request.method !== 'GET') sent.push([route, body]);
    if (refusal && request.method !== 'GET') {
      const problem = { type: 'x', title: 'No.', next: 'Elsewhere.', ...refusal };
      return response.writeHead(refusal.status).end(JSON.stringify(problem));
    }
    const me = { user, teams, competitions: [], organises: [], token: null };
    if (route === 'GET /api/me') return response.end(JSON.stringify(me));
    if (request.method === 'DELETE' || route.endsWith('/decline')) return response.writeHead(204).end();
    if (route.endsWith('/merge')) return response.end(JSON.stringify({ merged: teams.length > 1, team }));
    return response.end(JSON.stringify(answers[route] ?? team));
  });
  server = config.server;
});

const run = (...argv: string[]) =>
  runHoldout(argv, { environment: { HOLDOUT_SERVER: server, HOLDOUT_TOKEN: 'holdout_secret' } });

describe('holdout team', () => {
  it.each([
    [['create', 'The Readers'], 'POST /api/teams', { name: 'The Readers' }, /“The Readers” is there now/],
    [
      ['invite', 'grace@example.org'],
      `POST /api/teams/${first}/invitations`,
      { email: 'grace@example.org' },
      /is invited/,
    ],
    [['accept', 'Night Shift'], `POST /api/invitations/${other}/accept`, null, /You are in “Night Shift” now/],
    [['decline', other], `POST /api/invitations/${other}/decline`, null, /is declined/],
    [['leave'], `DELETE /api/teams/${first}/members/${ada}`, null, /You have left “The Readers”/],
  ])('%j sends what it says', async (argv, route, body, words) => {
    const { exitCode, stdout } = await run('team', ...argv);
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(words)]);
    expect(sent).toEqual([[route, body]]);
    const asJson = await run('team', ...argv, '--json');
    expect([asJson.exitCode, JSON.parse(asJson.stdout)]).toEqual([0, expect.any(Object)]);
  });

  it('lists teams, members and invitations', async () => {
    expect((await run('team', 'list')).stdout).toBe('The Readers (owner)\n');
    const { stdout } = await run('team', 'members');
    expect(stdout).toMatch(/^The Readers, in mura\n/);
    expect(stdout).toMatch(/Ada +ada@example\.org +owner +2026-01-01/);
    expect(stdout).toMatch(/grace@example\.org +invited +until 2026-01-01/);
    expect(stdout).toMatch(/Late Shift is offered to this team/);
    expect((await run('team', 'invitations')).stdout).toMatch(/^Night Shift, by Grace, until 2026-01-01/);
  });

  it('asks which, where there are several, and finds them by name or id', async () => {
    teams = [readers, nightShift];
    const unclear = await run('team', 'members');
    expect([unclear.exitCode, unclear.stderr]).toEqual([
      2,
      expect.stringMatching(/The Readers, Night Shift[\s\S]*--team/),
    ]);
    const unknown = await run('team', 'members', '--team', 'Nobody');
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringMatching(/no team “Nobody”/)]);
    for (const named of ['Night Shift', second]) {
      expect((await run('team', 'merge', '--team', named, '--into', 'The Readers', '--yes')).exitCode).toBe(0);
    }
    expect(sent).toEqual(Array(2).fill([`POST /api/teams/${second}/merge`, { into: first }]));
    teams = [nightShift];
    const offered = await run('team', 'merge', '--into', first, '--yes');
    expect([offered.exitCode, offered.stdout]).toEqual([0, expect.stringMatching(/is offered to the owners of/)]);
    teams = [readers];
    expect((await run('team', 'accept-merge', 'Nobody')).stderr).toMatch(/there is: Late Shift/);
    expect((await run('team', 'accept-merge', 'Late Shift')).stdout).toMatch(/“The Readers” has 1 members now/);
    expect(sent.at(-1)).toEqual([`POST /api/teams/${first}/merge-offers/${other}/accept`, null]);
    teams = [];
    expect((await run('team', 'members')).stderr).toMatch(/holdout team create NAME/);
    expect((await run('team', 'accept', 'Nobody')).stderr).toMatch(/there is: Night Shift/);
  });
});

describe('holdout competition', () => {
  it('lists and shows', async () => {
    expect((await run('competition', 'list')).stdout).toMatch(/mura +MURA/);
    expect((await run('competition', 'show')).stdout).toMatch(/MURA \(mura\)[\s\S]*Rules, version 3\nBe \*fair\*\./);
    expect((await run('competition', 'show', 'mura', '--rules')).stdout).toBe('Be *fair*.\n');
    const unknown = await run('competition', 'show', 'nothing');
    expect([unknown.exitCode, unknown.stderr]).toEqual([
      1,
      expect.stringMatching(/there is: mura[\s\S]*competition list/),
    ]);
  });

  it('joins only who accepts the present rules', async () => {
    const unasked = await run('competition', 'join');
    expect([unasked.exitCode, unasked.stderr]).toEqual([2, expect.stringMatching(/--rules[\s\S]*--accept-rules 3/)]);
    const outdated = await run('competition', 'join', '--accept-rules', '2');
    expect([outdated.exitCode, outdated.stderr]).toEqual([
      2,
      expect.stringMatching(/version 3 now; you accept version 2/),
    ]);
    expect(sent).toEqual([]);
    const joined = await run('competition', 'join', 'mura', '--accept-rules', '3');
    expect([joined.exitCode, joined.stdout]).toEqual([0, expect.stringMatching(/“The Readers” takes part in mura/)]);
    await run('competition', 'join', '--accept-rules', '3', '--new-team', 'New');
    expect(sent.map(([, body]) => body)).toEqual([
      { team: first, rulesVersion },
      { newTeam: 'New', rulesVersion },
    ]);
    teams = [];
    expect((await run('competition', 'join', '--accept-rules', '3')).stderr).toMatch(/--new-team NAME/);
  });
});

describe('holdout token', () => {
  it('makes, lists and revokes', async () => {
    const made = await run('token', 'create', 'ci', '--scope', 'submit', '--expires', '30', '--competition', 'mura');
    expect(made).toMatchObject({
      exitCode: 0,
      stdout: 'holdout_new\n',
      stderr: expect.stringMatching(/not shown again/),
    });
    const [, body] = sent[0] ?? [];
    expect(body).toEqual({ name: 'ci', scope: 'submit', competition: 'mura', expiresAt: expect.any(String) });
    const { expiresAt } = body as { expiresAt: string };
    expect(Math.round((Date.parse(expiresAt) - Date.now()) / 86_400_000)).toBe(30);
    expect((await run('token', 'list')).stdout).toMatch(/ci +submit +all +2026-01-01 +never/);
    expect((await run('token', 'revoke', 'ci')).stdout).toBe('“ci” is revoked.\n');
    expect(sent.at(-1)).toEqual([`DELETE /api/me/tokens/${first}`, null]);
    expect((await run('token', 'revoke', 'nothing')).stderr).toMatch(/holdout token list/);
  });

  it('leads to the page where only a person may do it', async () => {
    refusal = { status: 403, code: 'not_allowed' };
    const { exitCode, stderr } = await run('token', 'create', 'ci');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`${server}/account`)]);
  });

  it.each(['0', '1.5', 'soon', '4000'])('--expires %s is refused', async (days) => {
    expect((await run('token', 'create', 'ci', '--expires', days)).exitCode).toBe(2);
  });
});
