import { setTimeout as sleep } from 'node:timers/promises';
import { createdTokenSchema, meSchema, personalTokenListSchema, problemSchema } from '@holdout/contracts';
import { insertOrganiser } from '@holdout/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findCompetitionOrThrow } from '../competitions/find-phase.js';
import { provideSiteAdmin } from '../provision/provide-user.js';
import { type Browser, openBrowser, password, signIn, signUp } from '../testing/browser.js';
import { seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let ada: Browser;
beforeAll(async () => {
  server = await startTestServer();
  await seedCompetition(server);
  ada = await signUp(server, 'ada@example.org');
});
afterAll(() => server.close());

const codeOf = async (response: Response) => problemSchema.parse(await response.json()).code;
const meOf = async (token: string) => meSchema.parse(await (await server.request('/api/me', { token })).json());

async function make(browser: Browser, token: object) {
  const answer = await browser.send('POST', '/api/me/tokens', { name: 'ci', scope: 'submit', ...token });
  if (answer.status !== 201) throw new Error(await answer.text());
  return createdTokenSchema.parse(await answer.json());
}

describe('a token', () => {
  it('stands for its person, is listed without its secret, and opens nothing once it is revoked', async () => {
    const { secret, ...made } = await make(ada, {});
    expect(secret).toMatch(/^holdout_[\w-]{32}$/);
    expect(await meOf(secret)).toMatchObject({
      user: { email: 'ada@example.org' },
      token: { id: made.id, name: 'ci' },
    });
    const listing = await (await ada.send('GET', '/api/me/tokens')).text();
    expect(listing).not.toContain(secret);
    const listed = personalTokenListSchema.parse(JSON.parse(listing)).tokens.find(({ id }) => id === made.id);
    expect(listed).toEqual({ ...made, lastUsedAt: expect.any(String) });
    const stored = await server.database.selectFrom('apiTokens').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(secret);

    expect((await ada.send('DELETE', `/api/me/tokens/${made.id}`)).status).toBe(204);
    expect(await codeOf(await server.request('/api/me', { token: secret }))).toBe('token_unknown');
    expect(await codeOf(await ada.send('DELETE', `/api/me/tokens/${made.id}`))).toBe('personal_token_not_found');
  });

  it('ends when its time is over', async () => {
    const { id, secret } = await make(ada, { expiresAt: new Date(Date.now() + 3600_000).toISOString() });
    expect((await meOf(secret)).user).not.toBeNull();
    const expiresAt = new Date(Date.now() - 1000);
    await server.database.updateTable('apiTokens').set({ expiresAt }).where('id', '=', id).execute();
    expect(await codeOf(await server.request('/api/me', { token: secret }))).toBe('token_unknown');
    const late = { name: 'x', scope: 'read', expiresAt: '2020-01-01T00:00:00Z' };
    expect(await codeOf(await ada.send('POST', '/api/me/tokens', late))).toBe('request_invalid');
  });

  it('makes no other one and revokes none but itself', async () => {
    const { secret } = await make(ada, { scope: 'organise' });
    const other = await make(ada, { scope: 'read' });
    const body = JSON.stringify({ name: 'x', scope: 'read' });
    const headers = { 'content-type': 'application/json' };
    const asked = { method: 'POST', token: secret, body, headers };
    expect(await codeOf(await server.request('/api/me/tokens', asked))).toBe('not_allowed');
    const revoke = (token: string, id: string) => server.request(`/api/me/tokens/${id}`, { method: 'DELETE', token });
    expect(await codeOf(await revoke(secret, other.id))).toBe('not_allowed');
    expect((await revoke(other.secret, other.id)).status).toBe(204);
  });

  it('is nobody else’s to revoke', async () => {
    const { id } = await make(ada, {});
    const bob = await signUp(server, 'bob@example.org');
    expect(await codeOf(await bob.send('DELETE', `/api/me/tokens/${id}`))).toBe('personal_token_not_found');
    const { tokens } = personalTokenListSchema.parse(await (await bob.send('GET', '/api/me/tokens')).json());
    expect(tokens).toEqual([]);
  });
});

describe('the scope of a token', () => {
  const audit = '/api/competitions/mura/audit';
  const cancel = (token: string) => server.request('/api/submissions/x/cancel', { method: 'POST', token });

  it('limits its person', async () => {
    await provideSiteAdmin(server, { name: 'Root', email: 'root@example.org', password });
    const root = await signIn(server, 'root@example.org');
    const [read, submit, organise] = [
      await make(root, { scope: 'read' }),
      await make(root, { scope: 'submit' }),
      await make(root, { scope: 'organise' }),
    ];
    expect((await server.request(audit, { token: organise.secret })).status).toBe(200);
    for (const { secret } of [read, submit]) {
      expect(await codeOf(await server.request(audit, { token: secret }))).toBe('not_allowed');
      expect((await meOf(secret)).user?.siteAdmin).toBe(false);
    }
    expect(await codeOf(await cancel(submit.secret))).toBe('submission_not_found');
    expect(await codeOf(await cancel(read.secret))).toBe('not_allowed');
  });

  it('and its competition', async () => {
    const { id: competitionId } = await findCompetitionOrThrow(server.database, 'mura');
    await server.database.insertInto('competitions').values({ slug: 'other', title: 'O', description: '' }).execute();
    const { user } = meSchema.parse(await (await ada.send('GET', '/api/me')).json());
    const { id: otherId } = await findCompetitionOrThrow(server.database, 'other');
    for (const each of [competitionId, otherId]) {
      await insertOrganiser(server.database, { competitionId: each, userId: user?.id ?? '', actor: 'the tests' });
    }
    const { secret } = await make(ada, { scope: 'organise', competition: 'mura' });
    expect((await meOf(secret)).organises).toEqual(['mura']);
    expect((await server.request(audit, { token: secret })).status).toBe(200);
    expect(await codeOf(await server.request('/api/competitions/other/audit', { token: secret }))).toBe('not_allowed');
    expect((await ada.send('GET', '/api/competitions/other/audit')).status).toBe(200);
  });
});

describe('a command that a person lets in', () => {
  const codesSchema = z.object({
    device_code: z.string(),
    user_code: z.string(),
    verification_uri: z.string(),
    verification_uri_complete: z.string(),
    interval: z.number(),
  });
  const post = async (path: string, body: object) =>
    await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const askForToken = (deviceCode: string) =>
    post('/api/auth/device/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: deviceCode,
      client_id: 'holdout-cli',
    });
  const begin = async (scope?: string) =>
    codesSchema.parse(await (await post('/api/auth/device/code', { client_id: 'holdout-cli', scope })).json());

  it('gets a token of ours, and no session', async () => {
    const codes = await begin();
    expect(codes.verification_uri).toBe(`${server.url}/device`);
    expect(await (await askForToken(codes.device_code)).json()).toMatchObject({ error: 'authorization_pending' });
    expect((await ada.send('GET', `/api/auth/device?user_code=${codes.user_code}`)).status).toBe(200);
    expect((await ada.send('POST', '/api/auth/device/approve', { userCode: codes.user_code })).status).toBe(200);
    await sleep(codes.interval * 1000);
    const sessionsBefore = await server.database.selectFrom('sessions').selectAll().execute();
    const granted = z
      .strictObject({
        access_token: z.string().startsWith('holdout_'),
        token_type: z.literal('Bearer'),
        expires_in: z.number(),
        scope: z.literal('organise'),
      })
      .parse(await (await askForToken(codes.device_code)).json());
    expect(await server.database.selectFrom('sessions').selectAll().execute()).toHaveLength(sessionsBefore.length);
    const me = await meOf(granted.access_token);
    expect(me).toMatchObject({ user: { email: 'ada@example.org' }, token: { name: 'login of holdout-cli' } });
    expect(await (await askForToken(codes.device_code)).json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('gets no more than it asks for, and nothing where it is denied', async () => {
    const codes = await begin('read');
    await ada.send('GET', `/api/auth/device?user_code=${codes.user_code}`);
    const stranger = openBrowser(server);
    expect((await stranger.send('POST', '/api/auth/device/approve', { userCode: codes.user_code })).status).toBe(401);
    await ada.send('POST', '/api/auth/device/approve', { userCode: codes.user_code });
    expect(await (await askForToken(codes.device_code)).json()).toMatchObject({ scope: 'read' });
    const denied = await begin();
    await ada.send('GET', `/api/auth/device?user_code=${denied.user_code}`);
    await ada.send('POST', '/api/auth/device/deny', { userCode: denied.user_code });
    expect(await (await askForToken(denied.device_code)).json()).toMatchObject({ error: 'access_denied' });
  });
});
