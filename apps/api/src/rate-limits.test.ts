import { problemSchema } from '@holdout/contracts';
import type { RedisClient } from '@holdout/queue';
import { startTestRedis, startTestRedisCluster } from '@holdout/queue/testing';
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { connectForLimits } from './connect-for-limits.js';
import { createTeamWithToken } from './provision/create-token.js';
import { openBrowser, password, signUp } from './testing/browser.js';
import { seedCompetition } from './testing/seed-competition.js';
import { seedSubmission } from './testing/seed-submission.js';
import { startTestServer, type TestServer } from './testing/test-server.js';
import { beginUpload, sendPart } from './testing/upload-parts.js';
import { walkEvaluation } from './testing/walk-evaluation.js';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(environment: Record<string, string>, redis?: RedisClient): Promise<TestServer> {
  const server = await startTestServer({ environment, ...(redis ? { redis } : {}) });
  closers.push(server.close);
  return server;
}

async function expectRefused(response: Response, mostSeconds: number): Promise<void> {
  expect(response.status).toBe(429);
  expect(problemSchema.parse(await response.json()).code).toBe('rate_limited');
  const seconds = Number(response.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(mostSeconds);
}

it('refuses more reads of an address than it may, and never the machine’s own questions', async () => {
  const server = await start({ HOLDOUT_READS_PER_MINUTE: '3' });
  for (const _ of [1, 2, 3]) expect((await server.request('/api/competitions')).status).toBe(200);
  await expectRefused(await server.request('/api/competitions'), 60);
  await expectRefused(await server.request('/api/submissions', { token: 'holdout_guessed' }), 60);
  await expectRefused(await server.request('/api/auth/get-session'), 60);
  expect((await server.request('/api/health/live')).status).toBe(200);
  const forwarded = { 'x-forwarded-for': '10.0.0.9' };
  await expectRefused(await server.request('/api/competitions', { headers: forwarded }), 60);
});

it('takes the word of a proxy that it trusts for a caller’s address', async () => {
  const server = await start({ HOLDOUT_READS_PER_MINUTE: '1', HOLDOUT_TRUSTED_PROXIES: '127.0.0.1' });
  const readFrom = (address: string) => server.request('/api/sign-in', { headers: { 'x-forwarded-for': address } });
  expect((await readFrom('10.0.0.1')).status).toBe(200);
  await expectRefused(await readFrom('10.0.0.1'), 60);
  expect((await readFrom('10.0.0.2')).status).toBe(200);
  await expectRefused(await readFrom('::ffff:10.0.0.2'), 60);
  // An IPv6 address is as good as any other of its network.
  expect((await readFrom('2001:db8:0:1::1')).status).toBe(200);
  await expectRefused(await readFrom('2001:db8:0:1:2:3:4:5'), 60);
  await expectRefused(await readFrom('2001:db8::1:9:9:9:9'), 60);
  expect((await readFrom('2001:db8::1')).status).toBe(200);
});

it('refuses more uploads of a team than it may, before a byte is read', async () => {
  const server = await start({ HOLDOUT_UPLOADS_PER_MINUTE: '2' });
  const { alpha, beta } = await seedCompetition(server);
  const upload = (token: string) =>
    server.request('/api/competitions/mura/phases/practice/submissions', {
      method: 'POST',
      token,
      headers: { 'content-type': 'application/zip' },
      body: 'no archive',
    });
  for (const _ of [1, 2]) expect((await upload(alpha.token)).status).toBe(422);
  await expectRefused(await upload(alpha.token), 60);
  // One in parts is counted where it begins, and its parts are not.
  const begin = (token: string) => beginUpload({ url: server.url, token }, { sizeBytes: 4 });
  await expectRefused(await begin(alpha.token), 60);
  const location = (await begin(beta.token)).headers.get('location') ?? '';
  const sender = { url: server.url, token: beta.token };
  for (const offset of [0, 1, 2]) {
    expect((await sendPart(sender, location, new Uint8Array(1), offset)).status).toBe(204);
  }
  expect((await upload(beta.token)).status).toBe(422);
});

it('counts the parts of an upload as reads of their address, before anything of them is looked at', async () => {
  const server = await start({ HOLDOUT_READS_PER_MINUTE: '3' });
  const { alpha } = await seedCompetition(server);
  const sender = { url: server.url, token: alpha.token };
  const location = (await beginUpload(sender, { sizeBytes: 9 })).headers.get('location') ?? '';
  for (const offset of [0, 1, 2]) {
    expect((await sendPart(sender, location, new Uint8Array(1), offset)).status).toBe(204);
  }
  await expectRefused(await sendPart(sender, location, new Uint8Array(1), 3), 60);
  await expectRefused(await sendPart({ ...sender, token: 'holdout_guessed' }, location, new Uint8Array(1), 3), 60);
});

it('refuses to be asked for heat maps again and again, by a team and by an organiser, before either is heard', async () => {
  const server = await start({ HOLDOUT_HEAT_MAP_REQUESTS_PER_MINUTE: '2' });
  const seeded = await seedCompetition(server);
  const id = await seedSubmission(server, seeded.alpha.teamId);
  await walkEvaluation(server.database, id);
  const ask = (token: string, path: string, body: object) =>
    server.request(path, {
      method: 'POST',
      token,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const askFor = (token: string) => ask(token, `/api/submissions/${id}/heat-maps`, {});
  for (const _ of [1, 2]) expect((await askFor(seeded.alpha.token)).status).toBe(202);
  await expectRefused(await askFor(seeded.alpha.token), 60);
  expect((await askFor(seeded.beta.token)).status).toBe(404);

  const hidden = { submission: id, study: 'XR_ELBOW/patient00001/study1' };
  const look = () => ask(seeded.organiser.token, '/api/competitions/mura/phases/test/test-set/heat-map', hidden);
  for (const _ of [1, 2]) expect((await look()).status).toBe(202);
  const looks = await server.database.selectFrom('auditLog').selectAll().execute();
  await expectRefused(await look(), 60);
  expect(looks.filter(({ action }) => action === 'heat-map.request')).toHaveLength(2);
  expect(await server.database.selectFrom('auditLog').selectAll().execute()).toEqual(looks);
  // Reading whether it is there is a read like any other.
  expect((await server.request(`/api/submissions/${id}/heat-maps`, { token: seeded.alpha.token })).status).toBe(200);
});

it('refuses more tries at one account than are made by mistake, whoever tries, and says nothing else', async () => {
  const server = await start({ HOLDOUT_SIGN_INS_PER_ACCOUNT: '3' });
  await signUp(server, 'ada@example.org');
  const guess = (email: string) =>
    openBrowser(server).send('POST', '/api/auth/sign-in/email', { email, password: 'a wrong guess' });
  for (const _ of [1, 2]) expect((await guess('Ada@example.org ')).status).toBeGreaterThanOrEqual(400);
  await expectRefused(await guess('ada@example.org'), 900);
  for (const _ of [1, 2, 3]) expect((await guess('nobody@example.org')).status).toBe(401);
  await expectRefused(await guess('nobody@example.org'), 900);
  const right = { email: 'ada@example.org', password };
  await expectRefused(await openBrowser(server).send('POST', '/api/auth/sign-in/email', right), 900);
});

it('counts an account however its address is written down, and takes nothing that it can’t count', async () => {
  const server = await start({ HOLDOUT_SIGN_INS_PER_ACCOUNT: '2', HOLDOUT_SIGN_INS_PER_MINUTE: '0' });
  const email = 'ada@example.org';
  const json = JSON.stringify({ email, password: 'a wrong guess' });
  const form = 'application/x-www-form-urlencoded';
  const send = (body: string, type = 'application/json', path = 'sign-in/email') =>
    server.request(`/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': type, origin: server.url },
      body: Buffer.from(body),
    });
  expect((await send(`\uFEFF${json}`)).status).toBe(400);
  expect((await send(json, 'text/plain')).status).toBe(415);
  expect((await send(json, 'multipart/form-data; boundary=b')).status).toBe(415);
  expect((await send(`email=nobody@example.org&email=${email}&password=a`, form)).status).toBe(400);
  // A form that is JSON too to who reads it carelessly, and JSON whose last address counts.
  expect((await send(`"&email=${email}&password=a wrong guess&x="`, form)).status).toBe(401);
  expect((await send(`{"email":"nobody@example.org",${json.slice(1)}`)).status).toBe(401);
  await expectRefused(await send(json), 900);
  await expectRefused(await send(`email=${email}`, form, 'request-password-reset'), 900);
});

it('counts passwords that are tried in a session', async () => {
  const server = await start({ HOLDOUT_SIGN_INS_PER_ACCOUNT: '3', HOLDOUT_SIGN_INS_PER_MINUTE: '0' });
  const ada = await signUp(server, 'ada@example.org');
  const send = (path: string, body: object) => ada.send('POST', `/api/auth/${path}`, body);
  const change = { currentPassword: 'a wrong guess', newPassword: 'another password' };
  expect((await send('change-password', change)).status).toBe(401);
  expect((await send('verify-password', { password: 'a wrong guess' })).status).toBe(401);
  expect((await send('two-factor/enable', { password: 'a wrong guess', email: 'eve@example.org' })).status).toBe(401);
  await expectRefused(await send('verify-password', { password, email: 'eve@example.org' }), 900);
  await expectRefused(await send('change-email', { newEmail: 'victim@example.org' }), 900);
});

it('lets one person mail no more people than are invited in good faith', async () => {
  const server = await start({ HOLDOUT_SIGN_INS_PER_ACCOUNT: '3' });
  const [ada, bob] = [await signUp(server, 'ada@example.org'), await signUp(server, 'bob@example.org')];
  const makeTeam = async (browser: typeof ada, name: string) =>
    ((await (await browser.send('POST', '/api/teams', { name })).json()) as { id: string }).id;
  const invite = (browser: typeof ada, team: string, email: string) =>
    browser.send('POST', `/api/teams/${team}/invitations`, { email });
  const [one, other] = [await makeTeam(ada, 'One'), await makeTeam(ada, 'Other')];
  for (const name of ['a', 'b']) expect((await invite(ada, one, `${name}@example.org`)).status).toBe(201);
  expect((await invite(ada, other, 'c@example.org')).status).toBe(201);
  await expectRefused(await invite(ada, other, 'd@example.org'), 900);
  expect((await invite(bob, await makeTeam(bob, 'Bob’s'), 'd@example.org')).status).toBe(201);
});

it('refuses more sign-ins of one address than it may', async () => {
  const server = await start({ HOLDOUT_SIGN_INS_PER_MINUTE: '2' });
  const guess = (email: string) =>
    openBrowser(server).send('POST', '/api/auth/sign-in/email', { email, password: 'a wrong guess' });
  for (const name of ['a', 'b']) expect((await guess(`${name}@example.org`)).status).toBe(401);
  await expectRefused(await guess('c@example.org'), 60);
});

it.each([
  ['Redis', startTestRedis],
  ['a Redis Cluster', startTestRedisCluster],
])(
  'counts in %s where there is one, so that servers share a limit, and refuses nobody when it is gone',
  async (_, startStore) => {
    const redis = await startStore();
    closers.push(() => redis.stop());
    const environment = { HOLDOUT_READS_PER_MINUTE: '2' };
    const one = await start(environment, await connectToCount(redis.url));
    const other = await start(environment, await connectToCount(redis.url));
    expect((await one.request('/api/sign-in')).status).toBe(200);
    expect((await other.request('/api/sign-in')).status).toBe(200);
    await expectRefused(await one.request('/api/sign-in'), 60);
    await expectRefused(await other.request('/api/sign-in'), 60);
    await redis.stop();
    expect((await one.request('/api/sign-in')).status).toBe(200);
  },
);

it('counts the callers of one server on all nodes of a Redis Cluster', async () => {
  const cluster = await startTestRedisCluster({ replicas: false });
  closers.push(() => cluster.stop());
  const environment = { HOLDOUT_READS_PER_MINUTE: '1', HOLDOUT_TRUSTED_PROXIES: '127.0.0.1' };
  const server = await start(environment, await connectToCount(cluster.url));
  for (let machine = 1; machine <= 40; machine += 1) {
    const headers = { 'x-forwarded-for': `10.0.0.${machine}` };
    expect((await server.request('/api/sign-in', { headers })).status).toBe(200);
    await expectRefused(await server.request('/api/sign-in', { headers }), 60);
  }
  for (const { client } of await cluster.findMasters()) expect(await client.dbsize()).toBeGreaterThan(0);
});

it('answers uncounted where Redis says nothing', async () => {
  const redis = await startTestRedis();
  closers.push(() => redis.stop());
  const server = await start({ HOLDOUT_READS_PER_MINUTE: '1' }, await connectToCount(redis.url));
  expect((await server.request('/api/sign-in')).status).toBe(200);
  await expectRefused(await server.request('/api/sign-in'), 60);
  redis.freeze();
  expect((await server.request('/api/sign-in')).status).toBe(200);
});

/** As the server does, and there before the first request. */
async function connectToCount(redisUrl: string): Promise<RedisClient> {
  const redis = connectForLimits(redisUrl, pino({ level: 'silent' }));
  closers.push(async () => redis.disconnect());
  return new Promise((ready) => redis.once('ready', () => ready(redis)));
}

it('limits nothing where the limit is 0', async () => {
  const server = await start({ HOLDOUT_READS_PER_MINUTE: '0' });
  const { token } = await createTeamWithToken(server, { team: 'Ours' });
  const answers = await Promise.all(Array.from({ length: 50 }, () => server.request('/api/me', { token })));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});
