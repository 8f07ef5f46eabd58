import type { BrowserContext } from 'playwright-core';
import { expect } from 'vitest';
import type { Site } from './use-site.js';
import { openPage, type WatchedPage } from './watched-page.js';

/** Opens a page of a site, has it looked at, and closes it; nothing may have gone wrong until then. */
export type Visit = (
  path: string | ((page: WatchedPage) => Promise<string>),
  look: (page: WatchedPage) => Promise<void>,
  options?: Parameters<typeof openPage>[1],
) => Promise<void>;

/** Visits as the demo's administrator, in one session for all: a server counts how often somebody signs in. */
export function visitAsAdministrator({ standalone, browser }: Site): Visit {
  let signedIn: Awaited<ReturnType<BrowserContext['storageState']>> | undefined;

  return async (path, look, options = {}) => {
    const page = await openPage(browser, signedIn ? { ...options, storageState: signedIn } : options);
    try {
      await page.goto(standalone.address);
      if (!signedIn) {
        await signIn(page, standalone.output());
        signedIn = await page.context().storageState();
      }
      await page.goto(standalone.address + (typeof path === 'string' ? path : await path(page)));
      await look(page);
      expect(page.failures).toEqual([]);
    } finally {
      await page.context().close();
    }
  };
}

/** As the sign-in page does it, with what the start has printed. */
async function signIn(page: WatchedPage, output: string): Promise<void> {
  const [, email, password] = /site administrator\s+(\S+@\S+)\s+(\S+)/.exec(output) ?? [];
  const status = await page.evaluate(
    async (account) => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify(account);
      return (await fetch('/api/auth/sign-in/email', { method: 'POST', headers, body })).status;
    },
    { email, password },
  );
  expect(status).toBe(200);
}
