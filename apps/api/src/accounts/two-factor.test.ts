import { meSchema, problemSchema } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { provideSiteAdmin } from '../provision/provide-user.js';
import { type Browser, openBrowser, password, signIn } from '../testing/browser.js';
import { makeTotp } from '../testing/make-totp.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

// All of these come from one address and are about one account.
const unlimited = { HOLDOUT_SIGN_INS_PER_MINUTE: '0', HOLDOUT_SIGN_INS_PER_ACCOUNT: '0' };
let server: TestServer;
let seeded: SeededCompetition;
let totpAddress: string;
let backupCodes: string[];
const email = 'root@example.org';
beforeAll(async () => {
  server = await startTestServer({ environment: { HOLDOUT_REQUIRE_TWO_FACTOR: 'organisers', ...unlimited } });
  seeded = await seedCompetition(server);
  await provideSiteAdmin(server, { name: 'Root', email, password });
});
afterAll(() => server.close());

const audit = '/api/competitions/mura/audit';
const codeOf = async (response: Response) => problemSchema.parse(await response.json()).code;
const verify = (browser: Browser, code: string) => browser.send('POST', '/api/auth/two-factor/verify-totp', { code });
const userOf = async (browser: Browser) => meSchema.parse(await (await browser.send('GET', '/api/me')).json()).user;

it('is needed before an organiser acts, where the installation says so', async () => {
  const root = await signIn(server, email);
  expect(await codeOf(await root.send('GET', audit))).toBe('two_factor_needed');
  expect(await codeOf(await root.send('GET', '/api/outbox'))).toBe('two_factor_needed');
  // A token of the machine is no person, and has no telephone.
  expect((await server.request(audit, { token: seeded.organiser.token })).status).toBe(200);

  const enabled = await root.send('POST', '/api/auth/two-factor/enable', { password });
  const setUp = z.object({ totpURI: z.string(), backupCodes: z.array(z.string()) }).parse(await enabled.json());
  totpAddress = setUp.totpURI;
  backupCodes = setUp.backupCodes;
  expect((await userOf(root))?.twoFactorEnabled).toBe(false);
  const wrong = await root.send('POST', '/api/auth/two-factor/verify-totp', { code: '000000' });
  expect(wrong.status).toBe(401);
  const right = await root.send('POST', '/api/auth/two-factor/verify-totp', { code: makeTotp(totpAddress) });
  expect(right.status).toBe(200);
  expect((await userOf(root))?.twoFactorEnabled).toBe(true);
  expect((await root.send('GET', audit)).status).toBe(200);
});

it('is asked for at the next sign-in, before there is a session', async () => {
  const root = openBrowser(server);
  const begun = await root.send('POST', '/api/auth/sign-in/email', { email, password });
  expect(await begun.json()).toMatchObject({ twoFactorRedirect: true });
  expect(await userOf(root)).toBeNull();
  await root.send('POST', '/api/auth/two-factor/verify-totp', { code: makeTotp(totpAddress) });
  expect((await userOf(root))?.email).toBe(email);
});

it('has codes for a lost telephone, each once', async () => {
  const signInBy = async (code: string | undefined) => {
    const root = openBrowser(server);
    await root.send('POST', '/api/auth/sign-in/email', { email, password });
    await root.send('POST', '/api/auth/two-factor/verify-backup-code', { code });
    return await userOf(root);
  };
  expect((await signInBy(backupCodes[0]))?.email).toBe(email);
  expect(await signInBy(backupCodes[0])).toBeNull();
});

it.each(['in a session', 'on the way in'])('is not guessed by many codes at once, %s', async (where) => {
  const locks = server.database.updateTable('twoFactors' as 'users');
  const unlock = () => locks.set({ lockedUntil: null, failedVerificationCount: 0 } as object).execute();
  const begin = async () => {
    const guessing = openBrowser(server);
    await guessing.send('POST', '/api/auth/sign-in/email', { email, password });
    if (where === 'in a session') await verify(guessing, makeTotp(totpAddress));
    return guessing;
  };
  const guessing = await Promise.all([begin(), begin(), begin(), begin(), begin()]);
  const guesses = guessing.flatMap((browser) => Array.from({ length: 6 }, () => verify(browser, '000000')));
  const codes = await Promise.all((await Promise.all(guesses)).map(codeOf));
  expect(codes.filter((code) => code !== 'tries_spent').length).toBeLessThanOrEqual(10);
  expect(await codeOf(await verify(await begin(), makeTotp(totpAddress)))).toBe('tries_spent');
  await unlock();
  // A code that was right forgets those that were wrong before.
  const root = openBrowser(server);
  await root.send('POST', '/api/auth/sign-in/email', { email, password });
  await verify(root, '000000');
  expect((await verify(root, makeTotp(totpAddress))).status).toBe(200);
  const [row] = await server.database
    .selectFrom('twoFactors' as 'users')
    .selectAll()
    .execute();
  expect(row).toMatchObject({ failedVerificationCount: 0, lockedUntil: null });
});

it('is stored so that nobody reads it out of the database', async () => {
  // better-auth's own table, which our schema leaves out.
  const rows = await server.database
    .selectFrom('twoFactors' as 'users')
    .selectAll()
    .execute();
  expect(rows).toHaveLength(1);
  const stored = JSON.stringify(rows);
  for (const secret of [new URL(totpAddress).searchParams.get('secret') ?? '', backupCodes[1] ?? '']) {
    expect(secret.length).toBeGreaterThan(8);
    expect(stored).not.toContain(secret);
  }
});
