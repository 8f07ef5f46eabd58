import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createdTokenSchema, problemSchema } from '@holdout/contracts';
import { findSubmission, findUserByEmail, insertOrganiser, insertReproduction, insertUpload } from '@holdout/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { findCompetitionOrThrow } from './competitions/find-phase.js';
import { provideSiteAdmin } from './provision/provide-user.js';
import { type Browser, openBrowser, password, signIn, signUp } from './testing/browser.js';
import { packFiles, tfjsFiles } from './testing/make-bundle.js';
import { type SeededCompetition, seedCompetition } from './testing/seed-competition.js';
import { seedSubmission } from './testing/seed-submission.js';
import { startTestServer, type TestServer } from './testing/test-server.js';
import { walkEvaluation } from './testing/walk-evaluation.js';

/** What each role is asked with: a session, a token, or nothing. */
type Credentials = { readonly session: Browser } | { readonly token: string } | null;

let server: TestServer;
let seeded: SeededCompetition;
let archive: Uint8Array<ArrayBuffer>;
/** In the order of the table's columns. */
let roles: Map<string, Credentials>;
const ids = {
  submission: '',
  upload: randomUUID(),
  team: '',
  owner: '',
  reproduction: '',
  nothing: '00000000-0000-4000-8000-000000000000',
};

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  archive = new Uint8Array(await packFiles(tfjsFiles()));
  await server.database.insertInto('competitions').values({ slug: 'other', title: 'O', description: '' }).execute();
  await provideSiteAdmin(server, { name: 'Root', email: 'root@example.org', password });
  const session = async (name: string) => await signUp(server, `${name}@example.org`);
  const [person, owner, member, rival] = [
    await session('person'),
    await session('owner'),
    await session('member'),
    await session('rival'),
  ];
  const [organiser, stranger] = [await organise('organiser', 'mura'), await organise('stranger', 'other')];
  ids.team = await joinMura(owner, 'Owners');
  await joinMura(rival, 'Rivals');
  ids.owner = await findId('owner@example.org');
  const userId = await findId('member@example.org');
  await server.database.insertInto('teamMembers').values({ teamId: ids.team, userId, role: 'member' }).execute();
  ids.submission = await seedSubmission(server, ids.team);
  await walkEvaluation(server.database, ids.submission);
  const { evaluationId = '', phaseId = '' } = (await findSubmission(server.database, ids.submission)) ?? {};
  const upload = { id: ids.upload, teamId: ids.team, phaseId, sizeBytes: 1, metadata: {} };
  await insertUpload(server.database, upload, { limit: 8 });
  await writeFile(join(server.storageDirectory, 'uploads', ids.upload), '');
  ids.reproduction = await insertReproduction(server.database, { evaluationId, actor: 'the tests' });
  roles = new Map<string, Credentials>([
    ['visitor', null],
    ['person', { session: person }],
    ['member', { session: member }],
    ['owner', { session: owner }],
    ['other team', { session: rival }],
    ['organiser', { session: organiser }],
    ['other organiser', { session: stranger }],
    ['site admin', { session: await signIn(server, 'root@example.org') }],
    ['owner, read', await makeToken(owner, 'read')],
    ['owner, submit', await makeToken(owner, 'submit')],
    ['organiser, submit', await makeToken(organiser, 'submit')],
    ['organiser, organise', await makeToken(organiser, 'organise')],
    ['team token', { token: seeded.alpha.token }],
    ['installation token', { token: seeded.organiser.token }],
  ]);
});
afterAll(() => server.close());

async function findId(email: string): Promise<string> {
  return (await findUserByEmail(server.database, email))?.id ?? '';
}

async function joinMura(browser: Browser, newTeam: string): Promise<string> {
  const joined = await browser.send('POST', '/api/competitions/mura/join', { newTeam, rulesVersion: 1 });
  return z.object({ team: z.object({ id: z.string() }) }).parse(await joined.json()).team.id;
}

async function organise(name: string, competition: string): Promise<Browser> {
  const browser = await signUp(server, `${name}@example.org`);
  const { id: competitionId } = await findCompetitionOrThrow(server.database, competition);
  const userId = await findId(`${name}@example.org`);
  await insertOrganiser(server.database, { competitionId, userId, actor: 'the tests' });
  return browser;
}

async function makeToken(browser: Browser, scope: string): Promise<Credentials> {
  const made = await browser.send('POST', '/api/me/tokens', { name: scope, scope });
  return { token: createdTokenSchema.parse(await made.json()).secret };
}

/** What makes a request pass validation, and, where it is allowed, end without a change that the next ones would see. */
const bodies: Record<string, () => object | Promise<object>> = {
  'POST /api/competitions/{competition}/join': () => ({ newTeam: 'x', rulesVersion: 99 }),
  'POST /api/competitions/{competition}/organisers': () => ({ email: 'nobody@example.org' }),
  'POST /api/competitions/{competition}/phases/{phase}/predictions': () => ({
    team: 'x',
    name: 'x',
    predictions: [{ study: 'x', label: 0, probability: null }],
  }),
  'POST /api/competitions/{competition}/phases/{phase}/rerun': () => ({ which: 'failed' }),
  'POST /api/competitions/{competition}/phases/{phase}/test-set/edits': () => ({
    edits: [{ withdraw: 'x' }],
    note: 'x',
  }),
  'POST /api/competitions/{competition}/phases/{phase}/test-set/heat-map': () => ({
    submission: ids.submission,
    study: 'x',
  }),
  'POST /api/invitations/{id}/accept': () => ({}),
  'POST /api/invitations/{id}/decline': () => ({}),
  'POST /api/me/tokens': () => ({ name: 'x', scope: 'read' }),
  'POST /api/submissions/{id}/choose': () => ({ chosen: true }),
  'POST /api/submissions/{id}/heat-maps': () => ({}),
  'POST /api/submissions/{id}/disqualify': () => ({ reason: 'x' }),
  'POST /api/teams': () => ({ name: 'Owners' }),
  'POST /api/teams/{id}/invitations': () => ({ email: 'x@example.org' }),
  'POST /api/teams/{id}/merge': () => ({ into: ids.team }),
  'PATCH /api/teams/{id}/members/{userId}': () => ({ role: 'member' }),
  'POST /api/operator/storage/collect': () => ({}),
  'POST /api/operator/storage/verify': () => ({}),
  'PUT /api/operator/workers/{id}/mode': () => ({ mode: 'paused' }),
  'PUT /api/competitions/{competition}': async () => {
    const { token } = seeded.organiser;
    return (await (await server.request('/api/competitions/mura/file', { token })).json()) as object;
  },
};
const queries: Record<string, () => string> = {
  'GET /api/competitions/{competition}/phases/{phase}/test-set/diff': () =>
    `?from=${seeded.hiddenVersion.digest}&to=${seeded.hiddenVersion.digest}`,
  'GET /api/competitions/{competition}/phases/{phase}/test-set/heat-map': () => `?submission=${ids.submission}&study=x`,
  'GET /api/competitions/{competition}/phases/{phase}/test-set/image': () => '?study=x',
  'GET /api/submissions/{id}/heat-map': () => '?study=x',
  'GET /api/submissions/{id}/sample-image': () => '?study=x',
  'POST /api/competitions/{competition}/phases/{phase}/test-set/import': () => '?note=x',
  'POST /api/test-sets/{testSet}/import': () => '?note=x',
  'PUT /api/competitions/{competition}': () => '?dryRun=true',
};

function fillIn(path: string): string {
  const [, kind = ''] = /^\/api\/(\w+)\//.exec(path) ?? [];
  const id = { submissions: ids.submission, evaluations: ids.submission, teams: ids.team }[kind] ?? ids.nothing;
  return path
    .replace('uploads/{id}', `uploads/${ids.upload}`)
    .replace('{competition}', 'mura')
    .replace('{phase}', 'test')
    .replace('{testSet}', 'nothing')
    .replace('{engine}', 'nothing')
    .replace('{userId}', kind === 'teams' ? ids.owner : ids.nothing)
    .replace(/\{(invitation|other)Id\}/, ids.nothing)
    .replace('{id}', kind === 'reproductions' ? ids.reproduction : id);
}

/** Codes that hide from a caller whether something is there. */
const hidingCodes = new Set(['submission_not_found', 'evaluation_not_found', 'team_not_found', 'upload_not_found']);

/** `yes`, or the status by which a role is refused. What is wrong with a request beside that does not matter here. */
async function ask(method: string, path: string, credentials: Credentials): Promise<string> {
  const name = `${method} ${path}`;
  const json = await bodies[name]?.();
  const takesArchive = method === 'POST' && /\/(submissions|import|starter-bundles)$/.test(path);
  const address = fillIn(path) + (queries[name]?.() ?? '');
  const leave = new AbortController();
  const browser = credentials && 'session' in credentials ? credentials.session : openBrowser(server);
  const cookie = [...browser.jar].map(([key, value]) => `${key}=${value}`).join('; ');
  const response = await fetch(server.url + address, {
    method,
    signal: leave.signal,
    headers: {
      origin: server.url,
      ...(cookie ? { cookie } : {}),
      ...(credentials && 'token' in credentials ? { authorization: `Bearer ${credentials.token}` } : {}),
      ...(json ? { 'content-type': 'application/json' } : takesArchive ? { 'content-type': 'application/zip' } : {}),
    },
    ...(json ? { body: JSON.stringify(json) } : takesArchive ? { body: archive } : {}),
  });
  if (response.ok || response.status === 304) {
    leave.abort();
    return 'yes';
  }
  const { code, status } = problemSchema.parse(await response.json());
  expect(code, `${name} is asked with what it can’t read`).not.toBe('request_invalid');
  return status === 401 || status === 403 || hidingCodes.has(code) ? String(status) : 'yes';
}

async function listRoutes(): Promise<{ method: string; path: string }[]> {
  const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
  const { paths } = documentSchema.parse(await (await server.request('/api/openapi.json')).json());
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
}

/** The table of docs/roles.md: a line for each route, with what is answered to each role. */
async function readTable(): Promise<{ roles: string[]; lines: string[] }> {
  const text = await readFile(new URL('../../../docs/roles.md', import.meta.url), 'utf8');
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const [head = '', , ...lines] = text.split('\n').filter((line) => line.startsWith('|'));
  return { roles: cells(head).slice(1), lines: lines.map((line) => cells(line).join(' | ').replaceAll('`', '')) };
}

it('lets each role do what docs/roles.md says, by every route of the OpenAPI document', async () => {
  const table = await readTable();
  expect(table.roles).toEqual([...roles.keys()]);
  const found: string[] = [];
  for (const { method, path } of await listRoutes()) {
    const answers: string[] = [];
    for (const credentials of roles.values()) answers.push(await ask(method, path, credentials));
    found.push([`${method} ${path}`, ...answers].join(' | '));
  }
  expect(found.sort()).toEqual(table.lines.sort());
}, 180_000);
