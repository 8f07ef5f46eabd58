import { meSchema, outboxSchema, problemSchema, signInOptionsSchema } from '@holdout/contracts';
import { listMails } from '@holdout/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTeamWithToken } from '../provision/create-token.js';
import { provideSiteAdmin } from '../provision/provide-user.js';
import {
  type Browser,
  findLink,
  newestMailId,
  openBrowser,
  password,
  signIn,
  signUp,
  waitForMail,
} from '../testing/browser.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const readMe = async (browser: Browser) => meSchema.parse(await (await browser.send('GET', '/api/me')).json());
const codeOf = async (response: Response) => problemSchema.parse(await response.json()).code;

it('lets a person in who opens the link of the mail, and nobody before', async () => {
  const ada = openBrowser(server);
  const email = 'Ada@Example.org';
  const answer = await ada.send('POST', '/api/auth/sign-up/email', { name: 'Ada\u202e\u0007 L.', email, password });
  expect(answer.status).toBe(200);
  expect((await readMe(ada)).user).toBeNull();
  const early = await ada.send('POST', '/api/auth/sign-in/email', { email, password });
  expect(early.status).toBe(403);
  const { text } = await waitForMail(server, 'ada@example.org');
  expect((await ada.send('GET', findLink(text))).status).toBe(302);
  expect((await readMe(ada)).user).toMatchObject({
    name: 'Ada L.',
    email: 'ada@example.org',
    emailVerified: true,
    siteAdmin: false,
    twoFactorEnabled: false,
  });
});

it('keeps its cookies from scripts and from other sites', async () => {
  const bob = await signUp(server, 'bob@example.org');
  const session = bob.received.find((line) => line.startsWith('holdout.session_token='));
  expect(session).toMatch(/HttpOnly/i);
  expect(session).toMatch(/SameSite=Lax/i);
  expect(session).not.toMatch(/Secure/i);
  await bob.send('POST', '/api/auth/sign-out');
  expect((await readMe(bob)).user).toBeNull();
});

it('ends a session where it is signed out, whoever still has the cookie', async () => {
  const eve = await signUp(server, 'eve@example.org');
  const stolen = openBrowser(server);
  for (const [name, value] of eve.jar) stolen.jar.set(name, value);
  expect((await readMe(stolen)).user).not.toBeNull();
  await eve.send('POST', '/api/auth/sign-out');
  expect((await readMe(stolen)).user).toBeNull();
  const forged = openBrowser(server);
  forged.jar.set('holdout.session_token', 'x'.repeat(32));
  expect((await readMe(forged)).user).toBeNull();
});

it('tells nobody whether an address has an account', async () => {
  await signUp(server, 'known@example.org');
  const stranger = openBrowser(server);
  const shapeOf = async (response: Response) => {
    const body = (await response.json()) as { user?: Record<string, unknown> };
    return { status: response.status, keys: Object.keys(body), user: Object.keys(body.user ?? {}).sort() };
  };
  const signUpAs = (email: string) =>
    stranger.send('POST', '/api/auth/sign-up/email', { name: 'X', email, password: 'another password' });
  const seen = await newestMailId(server);
  expect(await shapeOf(await signUpAs('known@example.org'))).toEqual(await shapeOf(await signUpAs('new@example.org')));
  expect((await waitForMail(server, 'known@example.org', seen)).subject).toMatch(/have an account/);
  expect((await waitForMail(server, 'new@example.org', seen)).subject).toMatch(/Prove/);

  const resets = ['known@example.org', 'nobody@example.org'].map(async (email) => {
    const answer = await stranger.send('POST', '/api/auth/request-password-reset', { email });
    return { status: answer.status, body: await answer.json() };
  });
  const [known, unknown] = await Promise.all(resets);
  expect(known).toEqual(unknown);

  const signInAs = async (email: string) => {
    const answer = await stranger.send('POST', '/api/auth/sign-in/email', { email, password: 'a wrong password' });
    // The request's id alone differs.
    return { ...problemSchema.parse(await answer.json()), status: answer.status, instance: null };
  };
  expect(await signInAs('known@example.org')).toEqual(await signInAs('nobody@example.org'));
  await expect(signIn(server, 'known@example.org', 'another password')).rejects.toThrow('401');
});

it('gives a new password by mail, once, and ends every session', async () => {
  const carl = await signUp(server, 'carl@example.org');
  const seen = await newestMailId(server);
  await openBrowser(server).send('POST', '/api/auth/request-password-reset', {
    email: 'carl@example.org',
    redirectTo: '/elsewhere',
  });
  const link = new URL(findLink((await waitForMail(server, 'carl@example.org', seen)).text));
  expect(link.origin + link.pathname).toBe(`${server.url}/reset-password`);
  const token = link.searchParams.get('token');
  const reset = () =>
    openBrowser(server).send('POST', '/api/auth/reset-password', { token, newPassword: 'quite another one' });
  expect((await reset()).status).toBe(200);
  expect((await reset()).status).toBe(400);
  expect((await readMe(carl)).user).toBeNull();
  await expect(signIn(server, 'carl@example.org')).rejects.toThrow('401');
  expect((await readMe(await signIn(server, 'carl@example.org', 'quite another one'))).user).not.toBeNull();
});

it('changes an address when the old and the new one have been proven, and tells nobody of others', async () => {
  const gina = await signUp(server, 'gina@example.org');
  await signUp(server, 'taken@example.org');
  const ask = async (newEmail: string) => {
    const answer = await gina.send('POST', '/api/auth/change-email', { newEmail, callbackURL: '/account' });
    return { status: answer.status, body: await answer.json() };
  };
  let seen = await newestMailId(server);
  expect(await ask('taken@example.org')).toEqual(await ask('gina@new.example.org'));
  const confirmation = await waitForMail(server, 'gina@example.org', seen);
  expect(confirmation.text).toContain('gina@new.example.org');
  seen = await newestMailId(server);
  expect((await gina.send('GET', findLink(confirmation.text))).status).toBe(302);
  expect((await readMe(gina)).user?.email).toBe('gina@example.org');
  const proof = await waitForMail(server, 'gina@new.example.org', seen);
  expect(proof.subject).toMatch(/new address/);
  expect((await gina.send('GET', findLink(proof.text))).status).toBe(302);
  expect((await readMe(gina)).user).toMatchObject({ email: 'gina@new.example.org', emailVerified: true });
  await expect(signIn(server, 'gina@example.org')).rejects.toThrow('401');
});

it('refuses a short password', async () => {
  const answer = await openBrowser(server).send('POST', '/api/auth/sign-up/email', {
    name: 'X',
    email: 'short@example.org',
    password: 'short',
  });
  expect(answer.status).toBe(400);
});

it('writes nothing for a page of another site', async () => {
  const dora = await signUp(server, 'dora@example.org');
  const write = (headers: Record<string, string>) => dora.send('POST', '/api/submissions/x/cancel', undefined, headers);
  expect(await codeOf(await write({}))).toBe('submission_not_found');
  expect(await codeOf(await write({ origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' }))).toBe(
    'origin_refused',
  );
  expect(await codeOf(await write({ origin: 'null' }))).toBe('origin_refused');
  expect(await codeOf(await write({ 'sec-fetch-site': 'same-site' }))).toBe('origin_refused');
  const withoutOrigin = await fetch(`${server.url}/api/submissions/x/cancel`, {
    method: 'POST',
    headers: { cookie: [...dora.jar].map(([name, value]) => `${name}=${value}`).join('; ') },
  });
  expect(await codeOf(withoutOrigin)).toBe('origin_refused');
  const signOut = await dora.send('POST', '/api/auth/sign-out', undefined, { origin: 'http://evil.example' });
  expect(signOut.status).toBe(403);
  expect((await readMe(dora)).user).not.toBeNull();
});

it('shows the mails to site administrators only', async () => {
  await provideSiteAdmin(server, { name: 'Root', email: 'root@example.org', password });
  const root = await signIn(server, 'root@example.org');
  const told = outboxSchema.parse(await (await root.send('GET', '/api/outbox')).json());
  const all = await listMails(server.database, 100);
  expect(told.mails.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
  const eve = await signUp(server, 'frank@example.org');
  expect(await codeOf(await eve.send('GET', '/api/outbox'))).toBe('not_allowed');
  expect(await codeOf(await openBrowser(server).send('GET', '/api/outbox'))).toBe('token_missing');
});

it('knows a team’s token, and how people sign in', async () => {
  const { teamId, token } = await createTeamWithToken(server, { team: 'Ours' });
  const me = meSchema.parse(await (await server.request('/api/me', { token })).json());
  expect(me).toEqual({
    user: null,
    teams: [{ id: teamId, name: 'Ours', role: 'member' }],
    competitions: [],
    organises: [],
    token: { id: expect.any(String), name: '' },
  });
  expect(await codeOf(await server.request('/api/me', { token: 'holdout_none' }))).toBe('token_unknown');
  const options = signInOptionsSchema.parse(await (await server.request('/api/sign-in')).json());
  expect(options).toEqual({ institution: null, minPasswordLength: 10, mail: 'outbox', twoFactorNeeded: 'nobody' });
});
