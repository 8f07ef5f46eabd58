import { request } from 'node:http';
import { problemSchema } from '@holdout/contracts';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Browser, openBrowser, password, signUp, waitForMail } from '../testing/browser.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { createAuth } from './create-auth.js';
import { codesOfReasons } from './explain-auth-refusal.js';

let server: TestServer;
let ada: Browser;
let nobody: Browser;
const email = 'ada@example.org';
beforeAll(async () => {
  server = await startTestServer({ environment: { HOLDOUT_SIGN_INS_PER_MINUTE: '0' } });
  ada = await signUp(server, email, 'Ada');
  nobody = openBrowser(server);
  await nobody.send('POST', '/api/auth/sign-up/email', { name: 'Eve', email: 'eve@example.org', password });
});
afterAll(() => server.close());

it.each([
  ['sign-in/email', { email, password: 'not this one' }, 401, 'credentials_wrong', 'INVALID_EMAIL_OR_PASSWORD'],
  ['sign-in/email', { email: 'who@example.org', password }, 401, 'credentials_wrong', 'INVALID_EMAIL_OR_PASSWORD'],
  ['sign-in/email', { email: 'eve@example.org', password }, 403, 'email_unproven', 'EMAIL_NOT_VERIFIED'],
  ['sign-in/email', { email: 'nothing' }, 400, 'request_invalid', 'VALIDATION_ERROR'],
  ['sign-up/email', { name: 'X', email: 'x@example.org', password: 'short' }, 400, 'password_refused'],
  ['reset-password', { token: 'over', newPassword: password }, 400, 'link_over', 'INVALID_TOKEN'],
  ['two-factor/verify-totp', { code: '000000' }, 403, 'sign_in_over', 'INVALID_TWO_FACTOR_COOKIE'],
  ['change-password', { currentPassword: password, newPassword: password }, 401, 'token_missing'],
  ['nothing-here', {}, 404, 'route_not_found'],
])('%s of %j is refused with %i, %s', async (path, body, status, code, reason?: string) => {
  const answer = await nobody.send('POST', `/api/auth/${path}`, body);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = problemSchema.parse(await answer.json());
  expect(problem).toMatchObject({ status, code, ...(reason ? { reason } : {}), next: expect.stringMatching(/\S/) });
  expect(answer.status).toBe(status);
});

it('says what is wrong with a change of an account, and with another site', async () => {
  const wrong = await ada.send('POST', '/api/auth/change-password', { currentPassword: 'no', newPassword: password });
  expect(problemSchema.parse(await wrong.json()).code).toBe('credentials_wrong');
  const cookie = [...ada.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { cookie, origin: 'https://evil.example', 'content-type': 'application/json' };
  const foreign = await fetch(`${server.url}/api/auth/sign-out`, { method: 'POST', headers, body: '{}' });
  expect(problemSchema.parse(await foreign.json()).code).toBe('origin_refused');
});

it('leaves the device flow as its standard says', async () => {
  const body = {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: 'x',
    client_id: 'holdout-cli',
  };
  const answer = await nobody.send('POST', '/api/auth/device/token', body);
  expect(await answer.json()).toMatchObject({ error: 'invalid_grant', error_description: expect.any(String) });
});

it.each(['x'.repeat(41), 'your bank”, or <b>', ''])('takes “%s” for no name of a program', async (client) => {
  const answer = await nobody.send('POST', '/api/auth/device/code', { client_id: client, scope: 'read' });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: expect.stringMatching(/^invalid_/) });
});

it('mails no link to another site, by whatever name it was asked', async () => {
  const { port } = new URL(server.url);
  const host = `evil.example:${port}`;
  const fred = { name: 'http://evil.example click', email: 'fred@example.org', password };
  const send = (callbackURL: string) =>
    new Promise<number | undefined>((done, fail) => {
      const headers = { host, origin: `http://${host}`, 'content-type': 'application/json' };
      request(`${server.url}/api/auth/sign-up/email`, { method: 'POST', headers }, (response) => {
        response.resume();
        done(response.statusCode);
      })
        .on('error', fail)
        .end(JSON.stringify({ ...fred, callbackURL }));
    });
  for (const link of [`http://${host}/`, `//${host}/`]) expect(await send(link)).toBe(403);
  expect(await send('/verify-email')).toBe(200);
  const { text } = await waitForMail(server, fred.email);
  expect(text).toContain(`${server.url}/api/auth/verify-email`);
  expect(text).not.toContain('evil.example');
  expect(text).not.toMatch(/Hello http:/);
});

it('knows only codes that the library has', () => {
  const parts = { database: server.database, settings: server.accounts, sendMail: async () => undefined };
  const { $ERROR_CODES: known } = createAuth({ ...parts, logger: pino({ level: 'silent' }) });
  // The one that is ours is thrown by a hook.
  const unknown = Object.keys(codesOfReasons).filter((reason) => !Object.hasOwn(known, reason));
  expect(unknown).toEqual(['SECOND_FACTOR_DUE']);
});
