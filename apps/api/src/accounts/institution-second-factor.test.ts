import { meSchema, problemSchema } from '@holdout/contracts';
import { findUserByEmail, insertOrganiser } from '@holdout/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { findCompetitionOrThrow } from '../competitions/find-phase.js';
import { type Browser, openBrowser } from '../testing/browser.js';
import { makeTotp } from '../testing/make-totp.js';
import { passInstitution } from '../testing/pass-institution.js';
import { seedCompetition } from '../testing/seed-competition.js';
import { type OidcProvider, startOidcProvider } from '../testing/start-oidc-provider.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let provider: OidcProvider;
let server: TestServer;
let totpAddress: string;
let backupCodes: string[];
const email = 'grace@university.example';
const audit = '/api/competitions/mura/audit';

beforeAll(async () => {
  provider = await startOidcProvider({ sub: 'g-1', email, email_verified: true, name: 'Grace H.' });
  server = await startTestServer({
    environment: {
      HOLDOUT_REQUIRE_TWO_FACTOR: 'organisers',
      // All of these come from one address, within a minute.
      HOLDOUT_SIGN_INS_PER_MINUTE: '0',
      HOLDOUT_OIDC_ISSUER: provider.issuer,
      HOLDOUT_OIDC_CLIENT_ID: provider.clientId,
      HOLDOUT_OIDC_CLIENT_SECRET: provider.clientSecret,
      HOLDOUT_OIDC_SECOND_FACTOR: 'mfa https://refeds.org/profile/mfa',
    },
  });
  await seedCompetition(server);
  await passInstitution(server, openBrowser(server));
  const { id: competitionId } = await findCompetitionOrThrow(server.database, 'mura');
  const userId = (await findUserByEmail(server.database, email))?.id ?? '';
  await insertOrganiser(server.database, { competitionId, userId, actor: 'the tests' });
});
afterAll(async () => {
  await server.close();
  await provider.close();
});

const signIn = async (says: Record<string, unknown> = {}): Promise<Browser> => {
  provider.tamper = says;
  const browser = openBrowser(server);
  expect(await passInstitution(server, browser)).toMatch(/\/account$/);
  return browser;
};
const codeOf = async (response: Response) => problemSchema.parse(await response.json()).code;
const isDue = async (browser: Browser) =>
  meSchema.parse(await (await browser.send('GET', '/api/me')).json()).user?.secondFactorDue;
const verify = (browser: Browser, code: string) => browser.send('POST', '/api/auth/two-factor/verify-totp', { code });
const makeToken = (browser: Browser, scope: string) => browser.send('POST', '/api/me/tokens', { name: scope, scope });

it.each([
  [{ amr: ['pwd', 'mfa'] }, true],
  [{ acr: 'https://refeds.org/profile/mfa' }, true],
  [{ amr: ['pwd'] }, false],
  [{ amr: 'MFA', acr: '1' }, false],
  [{}, false],
])('lets an organiser act whose ID token says %j: %s', async (says, isAllowed) => {
  const response = await (await signIn(says)).send('GET', audit);
  if (isAllowed) expect(response.status).toBe(200);
  else expect(await codeOf(response)).toBe('two_factor_needed');
});

it('is given by setting it up in the session, and by its code in the next one', async () => {
  const first = await signIn();
  expect(await isDue(first)).toBe(false);
  const setUp = await first.send('POST', '/api/auth/two-factor/enable', {});
  const made = z.object({ totpURI: z.string(), backupCodes: z.array(z.string()) }).parse(await setUp.json());
  [totpAddress, backupCodes] = [made.totpURI, made.backupCodes];
  expect((await verify(first, makeTotp(totpAddress))).status).toBe(200);
  expect((await first.send('GET', audit)).status).toBe(200);

  const next = await signIn();
  expect(await isDue(next)).toBe(true);
  expect(await codeOf(await next.send('GET', audit))).toBe('two_factor_needed');
  expect(await codeOf(await verify(next, '000000'))).toBe('second_factor_wrong');
  expect(await codeOf(await next.send('GET', audit))).toBe('two_factor_needed');
  expect((await verify(next, makeTotp(totpAddress))).status).toBe(200);
  expect(await isDue(next)).toBe(false);
  expect((await next.send('GET', audit)).status).toBe(200);
});

it('is no way around it to make a token, or to let a command in', async () => {
  const browser = await signIn();
  expect(await codeOf(await makeToken(browser, 'organise'))).toBe('two_factor_needed');
  expect((await makeToken(browser, 'submit')).status).toBe(201);
  const begun = await browser.send('POST', '/api/auth/device/code', { client_id: 'holdout-cli', scope: 'organise' });
  const { user_code: userCode } = z.object({ user_code: z.string() }).parse(await begun.json());
  await browser.send('GET', `/api/auth/device?user_code=${userCode}`);
  const approve = () => browser.send('POST', '/api/auth/device/approve', { userCode });
  expect(await codeOf(await approve())).toBe('two_factor_needed');
  await verify(browser, makeTotp(totpAddress));
  expect((await makeToken(browser, 'organise')).status).toBe(201);
  expect((await approve()).status).toBe(200);
});

it('is neither read, replaced nor turned off by who has not given it', async () => {
  const ways = ['get-totp-uri', 'generate-backup-codes', 'disable', 'enable', 'send-otp'];
  const tryWays = async (browser: Browser) => {
    const answers: string[] = [];
    for (const way of ways) answers.push(await codeOf(await browser.send('POST', `/api/auth/two-factor/${way}`, {})));
    return answers;
  };
  const stolen = await signIn();
  expect(await tryWays(stolen)).toEqual(ways.map(() => 'two_factor_needed'));
  expect(await codeOf(await stolen.send('GET', audit))).toBe('two_factor_needed');

  const owner = await signIn();
  expect((await verify(owner, makeTotp(totpAddress))).status).toBe(200);
  const again = await owner.send('POST', '/api/auth/two-factor/get-totp-uri', {});
  expect(await again.json()).toEqual({ totpURI: totpAddress });
  const renewed = await owner.send('POST', '/api/auth/two-factor/generate-backup-codes', {});
  ({ backupCodes } = z.object({ backupCodes: z.array(z.string()) }).parse(await renewed.json()));
});

it('is a backup code in its place, and not one of a thousand guesses', async () => {
  const byBackup = await signIn();
  await byBackup.send('POST', '/api/auth/two-factor/verify-backup-code', { code: backupCodes[0] });
  expect((await byBackup.send('GET', audit)).status).toBe(200);

  const guessing = await signIn();
  const codes: string[] = [];
  for (let guess = 0; guess < 11; guess += 1) codes.push(await codeOf(await verify(guessing, '000000')));
  expect(codes).toEqual([...Array(10).fill('second_factor_wrong'), 'tries_spent']);
  // Another session of the same person is locked too, and a code that is right opens none.
  const another = await signIn();
  expect(await codeOf(await verify(another, makeTotp(totpAddress)))).toBe('tries_spent');
  expect(await codeOf(await another.send('GET', audit))).toBe('two_factor_needed');
  // A quarter of an hour later: better-auth's own table, which our schema leaves out.
  const locks = server.database.updateTable('twoFactors' as 'users');
  await locks.set({ lockedUntil: new Date() } as object).execute();
  expect((await verify(another, makeTotp(totpAddress))).status).toBe(200);
});

it('is forgotten in every session where it is turned off', async () => {
  const browser = await signIn();
  await verify(browser, makeTotp(totpAddress));
  expect((await browser.send('GET', audit)).status).toBe(200);
  expect((await browser.send('POST', '/api/auth/two-factor/disable', {})).status).toBe(200);
  expect(await codeOf(await browser.send('GET', audit))).toBe('two_factor_needed');
});
