import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../../../../test/find-chromium.js';
import { type LargeBoard, placeByElbow, placeOf, rowsOf, startLargeBoard } from '../../testing/start-large-board.js';

const screenshots = new URL('../../../../../test/screenshots/', import.meta.url);
const teams = 10_000;
const numbers = Array.from({ length: teams }, (_, index) => index + 1);
const byKappa = numbers.toSorted((a, b) => placeOf(a, teams) - placeOf(b, teams));
const byElbow = numbers.toSorted((a, b) => placeByElbow(a, teams) - placeByElbow(b, teams));

describe('a board of 10,000 teams', () => {
  let board: LargeBoard;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    board = await startLargeBoard(teams);
    browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await board?.stop();
  });

  const row = (team: number) => page.getByRole('row').filter({ hasText: new RegExp(`^\\d*.*Team ${team}model`) });
  /** The teams of the rows that can be seen, from the top. */
  const listTeams = async () => {
    const texts = await page.locator('[data-entry]').evaluateAll((rows) =>
      rows
        .map((each) => ({ index: Number(each.getAttribute('data-index')), text: each.textContent ?? '' }))
        .sort((a, b) => a.index - b.index)
        .map(({ text }) => Number(/Team (\d+)model/.exec(text)?.[1])),
    );
    return texts.filter((team) => !Number.isNaN(team));
  };

  it('shows the first rows with the first answer, and keeps only some in the page', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(board.address);
    await row(byKappa[0] ?? 0).waitFor();
    expect((await listTeams()).slice(0, 5)).toEqual(byKappa.slice(0, 5));
    expect(await page.getByRole('table').getAttribute('aria-rowcount')).toBe(String(rowsOf(teams) + 1));
    expect(await page.locator('[data-entry]').count()).toBeLessThan(60);
    await page.screenshot({ path: fileURLToPath(new URL('leaderboard-large.png', screenshots)) });
    // Neither the whole board nor a later window of it.
    const pages = asked.filter((url) => url.includes('/leaderboard?')).map((url) => new URL(url).searchParams);
    expect(new Set(pages.map((query) => `${query.get('limit')} from ${query.get('offset')}`))).toEqual(
      new Set(['100 from 0']),
    );
  });

  it('draws the readers’ lines from the first, though none of their rows has been read', async () => {
    expect(await page.locator('[data-entry]').filter({ hasText: 'Reader' }).count()).toBe(0);
    const plots = page.locator('[data-entry] svg').filter({ has: page.locator('circle') });
    // Those of an interval stand in a group of their own.
    const lines = plots.first().locator('> line');
    const places = await lines.evaluateAll((all) =>
      all.map((line) => Number.parseFloat(line.getAttribute('x1') ?? '')),
    );
    expect(places).toHaveLength(3);
    // From the best on, each further to the left.
    expect(places.toSorted((one, other) => other - one)).toEqual(places);
    expect(new Set(places).size).toBe(3);
  });

  it('reads the windows that are scrolled to, down to the last row', async () => {
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
    const distance = async () => Math.abs(byKappa.indexOf((await listTeams())[0] ?? 0) - teams / 2);
    await expect.poll(distance).toBeLessThan(100);
    // Rows that have not come yet are passed over.
    const step = async () => {
      const [middle = 0, next = 0] = await listTeams();
      return byKappa.indexOf(next) - byKappa.indexOf(middle);
    };
    await expect.poll(step).toBe(1);
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await row(byKappa.at(-1) ?? 0).waitFor();
    expect(await page.locator('[data-entry]').last().getAttribute('aria-rowindex')).toBe(String(rowsOf(teams) + 1));
  });

  it('is in order by another column over all rows, not over those that were read', async () => {
    await page.evaluate(() => scrollTo(0, 0));
    await page.getByRole('button', { name: 'Elbow' }).click();
    await row(byElbow[0] ?? 0).waitFor();
    expect((await listTeams()).slice(0, 5)).toEqual(byElbow.slice(0, 5));
    await page.getByRole('button', { name: 'Elbow' }).click();
    await expect.poll(async () => (await listTeams()).slice(0, 5)).toEqual(byElbow.toReversed().slice(0, 5));
    await page.getByRole('button', { name: 'Elbow' }).click();
    await expect.poll(async () => (await listTeams())[0]).toBe(byKappa[0]);
  });

  it('finds a team wherever it stands, with its rank', async () => {
    const team = byKappa[8765] ?? 0;
    await page.getByLabel('Filter by team').fill(`team ${team}`);
    await expect.poll(() => row(team).count()).toBe(1);
    // No readers are counted, and no two kappas are equal.
    expect(await row(team).getByRole('cell').first().textContent()).toBe('8766');
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await expect.poll(async () => (await listTeams())[0]).toBe(byKappa[0]);
  });

  it('goes to the row that an address names', async () => {
    await page.getByLabel('Filter by team').fill(`team ${byKappa[5000]}`);
    await row(byKappa[5000] ?? 0).waitFor();
    const key = await row(byKappa[5000] ?? 0).getAttribute('data-entry');
    const other = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await other.goto(`${board.address}#${key}`);
    const linked = other.locator('[aria-current=true]');
    await linked.waitFor();
    await expect.poll(() => linked.boundingBox().then((box) => box && box.y > 0 && box.y < 800)).toBe(true);
    expect(await linked.textContent()).toContain(`Team ${byKappa[5000]}model`);
    await other.close();
    await page.getByLabel('Filter by team').fill('');
  });

  it('is downloaded whole', async () => {
    await page.goto(board.address);
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download CSV' }).click();
    const lines = (await readFile(await (await downloading).path(), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(rowsOf(teams) + 1);
    expect(lines[1]).toContain(`Team ${byKappa[0]},`);
  });
});
