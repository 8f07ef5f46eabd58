import { expect } from 'vitest';
import { z } from 'zod';
import type { Browser } from './browser.js';
import type { TestServer } from './test-server.js';

/** All the way through the institution and back. @returns where the browser ends */
export async function passInstitution(server: TestServer, browser: Browser): Promise<string> {
  const begun = await browser.send('POST', '/api/auth/sign-in/social', {
    provider: 'institution',
    callbackURL: '/account',
    errorCallbackURL: '/sign-in',
  });
  const { url } = z.object({ url: z.url() }).parse(await begun.json());
  expect(new URL(url).searchParams.get('redirect_uri')).toBe(`${server.url}/api/auth/callback/institution`);
  const atProvider = await fetch(url, { redirect: 'manual' });
  expect(atProvider.status).toBe(302);
  const back = await browser.send('GET', atProvider.headers.get('location') ?? '');
  expect(back.status).toBe(302);
  return back.headers.get('location') ?? '';
}
