import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { makeDataDirectory, type Standalone, startStandalone } from './run-standalone.js';
import { launchBrowser } from './watched-page.js';

/** A freshly started server, and a browser to look at its pages with. */
export interface Site {
  readonly standalone: Standalone;
  readonly browser: Browser;
}

/** Opens a site of their own for the tests around it, hands it over before the first of them, and closes it after all. */
export function useSite(handOver: (site: Site) => void | Promise<void>): void {
  let data: Awaited<ReturnType<typeof makeDataDirectory>> | undefined;
  let standalone: Standalone | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    data = await makeDataDirectory();
    standalone = await startStandalone({ dataDirectory: data.path });
    await standalone.printed(/Ctrl-C/, 400);
    browser = await launchBrowser();
    await handOver({ standalone, browser });
  }, 480_000);

  afterAll(async () => {
    await browser?.close();
    await standalone?.interrupt();
    await data?.remove();
  });
}
