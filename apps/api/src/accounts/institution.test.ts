import { meSchema, signInOptionsSchema } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Browser, openBrowser, password, signUp } from '../testing/browser.js';
import { passInstitution } from '../testing/pass-institution.js';
import { type OidcProvider, startOidcProvider } from '../testing/start-oidc-provider.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let provider: OidcProvider;
let server: TestServer;
const grace = { sub: 'g-1', email: 'grace@university.example', email_verified: true, name: 'Grace H.' };
beforeAll(async () => {
  provider = await startOidcProvider(grace);
  server = await startTestServer({
    environment: {
      HOLDOUT_OIDC_ISSUER: provider.issuer,
      HOLDOUT_OIDC_CLIENT_ID: provider.clientId,
      HOLDOUT_OIDC_CLIENT_SECRET: provider.clientSecret,
      HOLDOUT_OIDC_NAME: 'The university',
    },
  });
});
afterAll(async () => {
  await server.close();
  await provider.close();
});

const userOf = async (browser: Browser) => meSchema.parse(await (await browser.send('GET', '/api/me')).json()).user;
const signInByInstitution = (browser: Browser) => passInstitution(server, browser);

it('is told to the pages', async () => {
  const options = signInOptionsSchema.parse(await (await server.request('/api/sign-in')).json());
  expect(options.institution).toEqual({ provider: 'institution', name: 'The university' });
});

it('lets its people in, by the code flow, and knows them again', async () => {
  const first = openBrowser(server);
  expect(await signInByInstitution(first)).toMatch(/\/account$/);
  const user = await userOf(first);
  expect(user).toMatchObject({ email: grace.email, name: grace.name, emailVerified: true, siteAdmin: false });
  const again = openBrowser(server);
  await signInByInstitution(again);
  expect((await userOf(again))?.id).toBe(user?.id);
  expect(provider.exchanged).toBe(2);
});

it('joins the account of an address only where both sides have proven it', async () => {
  const ada = await signUp(server, 'ada@university.example');
  provider.person = { sub: 'a-1', email: 'ada@university.example', email_verified: false, name: 'Ada' };
  const unproven = openBrowser(server);
  expect(await signInByInstitution(unproven)).toMatch(/error=/);
  expect(await userOf(unproven)).toBeNull();
  provider.person = { ...provider.person, email_verified: true };
  const proven = openBrowser(server);
  await signInByInstitution(proven);
  expect((await userOf(proven))?.id).toBe((await userOf(ada))?.id);

  // Whoever signs up with somebody's address, and can't open the mail, must not get that person's account.
  const email = 'victim@university.example';
  await openBrowser(server).send('POST', '/api/auth/sign-up/email', { name: 'Mallory', email, password });
  provider.person = { sub: 'v-1', email, email_verified: true, name: 'Victim' };
  const victim = openBrowser(server);
  expect(await signInByInstitution(victim)).toMatch(/error=/);
});

it.each([
  ['another issuer', { iss: 'https://evil.example' }],
  ['another audience', { aud: 'somebody else' }],
  ['another sign-in', { nonce: 'replayed' }],
  ['long ago', { exp: 1, iat: 0 }],
])('refuses an ID token of %s', async (_what, tamper) => {
  provider.person = grace;
  provider.tamper = tamper;
  const browser = openBrowser(server);
  expect(await signInByInstitution(browser)).toMatch(/error=/);
  expect(await userOf(browser)).toBeNull();
  provider.tamper = {};
});

it('refuses an answer that this browser did not ask for', async () => {
  const attacker = openBrowser(server);
  const begun = await attacker.send('POST', '/api/auth/sign-in/social', { provider: 'institution', callbackURL: '/' });
  const { url } = z.object({ url: z.url() }).parse(await begun.json());
  const location = (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '';
  const victim = openBrowser(server);
  expect((await victim.send('GET', location)).headers.get('location')).toMatch(/error=/);
  expect(await userOf(victim)).toBeNull();
});
