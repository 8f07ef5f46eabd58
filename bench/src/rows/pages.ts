import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareDatabase } from '@holdout/api';
import { openDatabase } from '@holdout/db';
import { startLocalPostgres } from '@holdout/local-postgres';
import { type Browser, chromium, type Page } from 'playwright-core';
import { fillDatabase, teams } from '../leaderboard/fill-database.js';
import { startApi } from '../leaderboard/start-load.js';
import type { BenchOptions, Measurement, Row } from '../measurement.js';
import { startServer } from '../start-server.js';

const viewport = { width: 1280, height: 800 };
const wheelTurns = 60;
const wheelPixels = 500;

/**
 * How soon a leaderboard is on the screen of a real browser that has kept nothing, and what it loads for that: on the
 * demo as `npm start` makes it, and on a board of 10,000 teams, which is then scrolled and put in another order.
 */
export const measurePages: Row = async (options) => {
  const browser = await chromium.launch({
    executablePath: process.env.HOLDOUT_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    return [...(await measureDemo(browser, options)), ...(await measureLargeBoard(browser, options))];
  } finally {
    await browser.close();
  }
};

async function measureDemo(browser: Browser, { directory, rounds, say }: BenchOptions): Promise<Measurement[]> {
  const server = await startServer(join(directory, 'demo'), say);
  try {
    const visits = await repeat(rounds, () => visit(browser, `${server.address}/`, async () => 0));
    const below = { of: 'median', comparison: 'below' } as const;
    return [
      {
        what: 'the demo’s leaderboard: until something is painted',
        unit: 'ms',
        samples: visits.map(({ paintMs }) => paintMs),
      },
      {
        what: '… until its rows are there',
        unit: 'ms',
        samples: visits.map(({ rowsMs }) => rowsMs),
        aim: { ...below, value: 1000 },
      },
      {
        what: '… JavaScript that is loaded, compressed',
        unit: 'kB',
        samples: visits.map(({ scriptBytes }) => scriptBytes / 1000),
        aim: { ...below, value: 200 },
      },
    ];
  } finally {
    await server.stop();
  }
}

async function measureLargeBoard(browser: Browser, { directory, rounds, say }: BenchOptions): Promise<Measurement[]> {
  const postgres = await startLocalPostgres({ directory: join(directory, 'large') });
  await postgres.ensureDatabase('holdout');
  const url = postgres.url('holdout');
  await prepareDatabase({ databaseUrl: url, evaluatorPassword: 'bench' });
  const database = openDatabase({ url, applicationName: 'bench' });
  await fillDatabase(database, say, 1);
  const api = await startApi(url, join(directory, 'storage'));
  try {
    const address = `${api.url}/competitions/bench/leaderboard`;
    const visits = await repeat(rounds, () =>
      visit(browser, address, async (page) => ({ frames: await scroll(page), sortMs: await sortByWrist(page) })),
    );
    const frames = visits.map(({ found }) => found.frames.toSorted((a, b) => a - b));
    const facts = { teams, wheelTurns, wheelPixels };
    return [
      {
        what: '10,000 teams: until the first rows are there',
        unit: 'ms',
        samples: visits.map(({ rowsMs }) => rowsMs),
        aim: { of: 'median', comparison: 'below', value: 1000 },
      },
      { what: '… a frame while it is scrolled', unit: 'ms', samples: frames.map((all) => at(all, 0.5)), facts },
      { what: '… 95 of 100 frames are shorter than', unit: 'ms', samples: frames.map((all) => at(all, 0.95)), facts },
      {
        what: '… until all of it is read and in another order',
        unit: 'ms',
        samples: visits.map(({ found }) => found.sortMs),
      },
    ];
  } finally {
    await api.stop();
    await database.close();
    await postgres.stop();
  }
}

/** A visit with nothing kept from earlier ones. */
async function visit<Found>(browser: Browser, address: string, look: (page: Page) => Promise<Found>) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  try {
    await page.addInitScript(() => {
      new MutationObserver((_changes, observer) => {
        if (!document.querySelector('[data-entry]')) return;
        observer.disconnect();
        // The frame after the next has them on the screen.
        requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('rows')));
      }).observe(document, { childList: true, subtree: true });
    });
    const sizes: Promise<number>[] = [];
    page.on('response', (response) => {
      const isScript = response.request().resourceType() === 'script';
      if (isScript)
        sizes.push(
          response
            .request()
            .sizes()
            .then(({ responseBodySize }) => responseBodySize),
        );
    });
    await page.goto(address);
    await page.waitForFunction(() => performance.getEntriesByName('rows').length > 0);
    const { paintMs, rowsMs } = await page.evaluate(() => ({
      paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      rowsMs: performance.getEntriesByName('rows')[0]?.startTime ?? Number.NaN,
    }));
    const scriptBytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    return { paintMs, rowsMs, scriptBytes, found: await look(page) };
  } finally {
    await context.close();
  }
}

/** How long each frame took while the wheel was turned, in milliseconds. */
async function scroll(page: Page): Promise<number[]> {
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(window, { frames });
    let last = performance.now();
    const next = (now: number): void => {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await page.mouse.move(viewport.width / 2, viewport.height / 2);
  for (let turn = 0; turn < wheelTurns; turn++) {
    await page.mouse.wheel(0, wheelPixels);
    await sleep(16);
  }
  return await page.evaluate(() => (window as unknown as { frames: number[] }).frames);
}

async function sortByWrist(page: Page): Promise<number> {
  await page.evaluate(() => scrollTo(0, 0));
  const before = await page.locator('[data-index="0"]').getAttribute('data-entry');
  const startedAt = performance.now();
  await page.getByRole('button', { name: 'Wrist' }).click();
  const isOther = (known: string | null) => {
    const first = document.querySelector('[data-index="0"]')?.getAttribute('data-entry');
    return first !== undefined && first !== known && !document.body.textContent?.includes('Reading all entries');
  };
  await page.waitForFunction(isOther, before);
  return performance.now() - startedAt;
}

async function repeat<Found>(rounds: number, once: () => Promise<Found>): Promise<Found[]> {
  const found: Found[] = [];
  for (let round = 0; round < rounds; round++) found.push(await once());
  return found;
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}
