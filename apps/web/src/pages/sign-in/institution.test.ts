import { findUserByEmail, insertOrganiser } from '@holdout/db';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAuthenticator } from '../../../../../test/totp.js';
import {
  findBarriers,
  launchBrowser,
  openPage,
  takePicture,
  type WatchedPage,
} from '../../../../../test/watched-page.js';
import { seedCompetition } from '../../../../api/src/testing/seed-competition.js';
import { type OidcProvider, startOidcProvider } from '../../../../api/src/testing/start-oidc-provider.js';
import { startTestServer, type TestServer } from '../../../../api/src/testing/test-server.js';

describe('a person of an institution', () => {
  let provider: OidcProvider;
  let server: TestServer;
  let browser: Browser;
  let totpAddress: string;
  const email = 'grace@university.example';

  beforeAll(async () => {
    provider = await startOidcProvider({ sub: 'g-1', email, email_verified: true, name: 'Grace H.' });
    server = await startTestServer({
      environment: {
        HOLDOUT_REQUIRE_TWO_FACTOR: 'organisers',
        HOLDOUT_OIDC_ISSUER: provider.issuer,
        HOLDOUT_OIDC_CLIENT_ID: provider.clientId,
        HOLDOUT_OIDC_CLIENT_SECRET: provider.clientSecret,
        HOLDOUT_OIDC_NAME: 'The university',
      },
    });
    await seedCompetition(server);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await provider?.close();
  });

  /** By the button, in a browser that nobody signed in with. */
  async function comeByButton(next: string): Promise<WatchedPage> {
    const page = await openPage(browser);
    await page.goto(`${server.url}/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByRole('button', { name: 'Sign in by The university' }).click();
    return page;
  }

  it('clicks its button, and is back where they wanted to go, signed in', async () => {
    const page = await comeByButton('/account');
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await page.getByText(email).first().waitFor();
    expect(new URL(page.url()).origin).toBe(server.url);
    expect(page.failures).toEqual([]);

    // Sets an authenticator up, which the next sign-in by the institution does not ask for.
    const enabled = await page.evaluate(async () => {
      const headers = { 'content-type': 'application/json' };
      return await (await fetch('/api/auth/two-factor/enable', { method: 'POST', headers, body: '{}' })).json();
    });
    totpAddress = (enabled as { totpURI: string }).totpURI;
    const code = readAuthenticator(totpAddress);
    const verified = await page.evaluate(async (body) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch('/api/auth/two-factor/verify-totp', { method: 'POST', headers, body })).status;
    }, JSON.stringify({ code }));
    expect(verified).toBe(200);
    await page.context().close();
  });

  it('is told by the sign-in page where the institution does not let them in', async () => {
    provider.tamper = { nonce: 'of another sign-in' };
    const page = await comeByButton('/account');
    await page.getByText('Your institution did not let you in.').waitFor();
    provider.tamper = {};
    await page.context().close();
  });

  it('gives the second factor before they see what is an organiser’s', async () => {
    const userId = (await findUserByEmail(server.database, email))?.id ?? '';
    const { id: competitionId } = await server.database
      .selectFrom('competitions')
      .select('id')
      .where('slug', '=', 'mura')
      .executeTakeFirstOrThrow();
    await insertOrganiser(server.database, { competitionId, userId, actor: 'the tests' });

    const page = await comeByButton('/competitions/mura/organise/log');
    await page.getByRole('heading', { name: 'Your second factor is needed' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'second-factor-due');
    const give = async (code: string) => {
      await page.getByLabel('Code').fill(code);
      await page.getByRole('button', { name: 'Give it' }).click();
    };
    await give('000000');
    await page.getByText('The code is wrong').waitFor();
    await give(readAuthenticator(totpAddress));
    await page.getByRole('heading', { name: 'Access log' }).waitFor();
    await page.context().close();
  });
});
