import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { findChromium } from './find-chromium.js';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const screenshots = fileURLToPath(new URL('screenshots/', import.meta.url));

const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

/** Every page is seen in each of these. */
export const looks = {
  light: { viewport: desktop },
  dark: { viewport: desktop, colorScheme: 'dark' },
  phone: { viewport: phone, hasTouch: true },
  'phone-dark-chinese': { viewport: phone, hasTouch: true, colorScheme: 'dark', locale: 'zh-CN' },
} as const satisfies Record<string, BrowserContextOptions>;

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] });
}

/** A page of which everything that goes wrong is kept. */
export interface WatchedPage extends Page {
  /** Errors of scripts, of the console, and of the content security policy. */
  readonly failures: string[];
}

/** Opens a page in a browser profile of its own: nothing kept, English, light and at a desk where nothing else is said. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: desktop, locale: 'en-GB', colorScheme: 'light', ...options });
  const page = await context.newPage();
  const failures: string[] = [];
  await page.exposeFunction('keepViolation', (words: string) => failures.push(words));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
      const keep = (window as unknown as { keepViolation(words: string): void }).keepViolation;
      keep(`content security policy: ${violatedDirective} ${blockedURI} ${sample}`);
    });
  });
  page.on('pageerror', (error) => failures.push(error.message));
  page.on('console', (message) => {
    // That a server has no accounts is found out by asking.
    const isExpected = message.location().url.endsWith('/api/me');
    if (message.type() === 'error' && !isExpected) failures.push(message.text());
  });
  return Object.assign(page, { failures });
}

/** What axe finds that keeps people out, each with where it is. */
export async function findBarriers(page: Page): Promise<string[]> {
  // Not by a script element, which the policy forbids.
  await page.evaluate(axe);
  return await page.evaluate(async () => {
    const { run } = (window as unknown as { axe: typeof import('axe-core') }).axe;
    const { violations } = await run({ resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  });
}

/** Nothing of a page keeps anybody out, and nothing is wider than its screen; its picture is taken. */
export async function checkLook(page: Page, name: string): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 10_000 }).catch(() => {});
  expect(await findBarriers(page), name).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow, `${name} is wider than the screen`).toBeLessThanOrEqual(0);
  await takePicture(page, name);
}

/** For a person to look at: `test/screenshots/NAME.png`, which git ignores. */
export async function takePicture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${screenshots}${name}.png`, fullPage: true });
}
