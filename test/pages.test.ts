import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Standalone } from './run-standalone.js';
import { useSite } from './use-site.js';
import { checkLook, looks, openPage, phone, takePicture, type WatchedPage } from './watched-page.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const holdout = fileURLToPath(new URL('../node_modules/.bin/holdout', import.meta.url));

describe('the pages of a freshly started server', () => {
  let standalone: Standalone;
  let browser: Browser;

  useSite((site) => {
    ({ standalone, browser } = site);
  });

  /** Opens an address, and closes it again; nothing may have gone wrong meanwhile. */
  async function visit(
    path: string,
    look: (page: WatchedPage) => Promise<void>,
    options: Parameters<typeof openPage>[1] = {},
  ): Promise<void> {
    const page = await openPage(browser, options);
    try {
      await page.goto(standalone.address + path);
      await look(page);
      expect(page.failures).toEqual([]);
    } finally {
      await page.context().close();
    }
  }

  const boardPath = '/competitions/mura/leaderboard';
  const rowsOf = (page: WatchedPage) => page.locator('[data-entry]');
  /** What stands in one column, from the top. */
  const readColumn = (page: WatchedPage, column: number) =>
    rowsOf(page).evaluateAll(
      (rows, nth) => rows.map((row) => row.querySelectorAll('[role=cell]')[nth]?.textContent ?? ''),
      column,
    );
  const kappas = async (page: WatchedPage) => (await readColumn(page, 4)).map((text) => Number.parseFloat(text));

  it('begin with the leaderboard: ranks, readers in place without one, the best of them marked', () =>
    visit('/', async (page) => {
      await rowsOf(page).nth(6).waitFor();
      expect(new URL(page.url()).pathname).toBe(boardPath);
      expect(await page.title()).toBe('MURA (demo): leaderboard · Holdout');
      expect(await page.getByRole('row').count()).toBe(8);
      const found = await kappas(page);
      expect(found).toEqual(found.toSorted((a, b) => b - a));
      const readers = page.getByRole('row').filter({ hasText: /Reader \d/ });
      expect(await readers.count()).toBe(3);
      expect(await readers.first().textContent()).toContain('Best reader');
      expect(await readers.first().getByRole('cell').first().textContent()).toContain('not ranked');
      // Seven study types, each with its number.
      expect(await rowsOf(page).first().getByRole('cell').count()).toBe(13);
      expect((await readColumn(page, 6))[0]).toMatch(/^(1\.00|\.\d\d)$/);
    }));

  it('move without a reload when a bundle is scored, and say so to who does not see it', () =>
    visit(`${boardPath}?phase=practice`, async (page) => {
      await rowsOf(page).nth(2).waitFor();
      const before = await rowsOf(page).count();
      await page.evaluate(() => Object.assign(window, { isTheSamePage: true }));
      await page.getByText('Live', { exact: true }).waitFor();
      const submit = [
        'submit',
        'packages/baseline/demo/weak',
        '--competition',
        'mura',
        '--phase',
        'practice',
        '--wait',
      ];
      const token = /HOLDOUT_TOKEN=(\S+)/.exec(standalone.output())?.[1];
      const env = { ...process.env, HOLDOUT_SERVER: standalone.address, HOLDOUT_TOKEN: token };
      // It is said for a few seconds, and the command may end after them.
      const announced = page.getByRole('status').filter({ hasText: 'New on the board: Your team.' });
      const heard = announced.waitFor({ timeout: 150_000 });
      await run(process.execPath, [holdout, ...submit], { cwd: root, env });
      await expect.poll(() => rowsOf(page).count(), { timeout: 30_000 }).toBe(before + 1);
      await heard;
      expect(await page.evaluate(() => 'isTheSamePage' in window)).toBe(true);
    }));

  it('put rows in the order of any column, and remember it in the address', () =>
    visit(boardPath, async (page) => {
      await rowsOf(page).nth(6).waitFor();
      const heading = (name: string) => page.getByRole('columnheader', { name });
      const press = (name: string) => heading(name).getByRole('button').click();
      await press('Kappa');
      await expect.poll(() => heading('Kappa').getAttribute('aria-sort')).toBe('descending');
      await press('Kappa');
      await expect.poll(() => heading('Kappa').getAttribute('aria-sort')).toBe('ascending');
      const ascending = await kappas(page);
      expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
      expect(new URL(page.url()).searchParams.get('sort')).toBe('kappa');
      await page.reload();
      await rowsOf(page).nth(6).waitFor();
      expect(await kappas(page)).toEqual(ascending);
      await press('Kappa');
      await expect.poll(() => heading('Rank').getAttribute('aria-sort')).toBe('ascending');
      for (const [column, name] of ['Rank', 'Team', 'Model', 'Date', 'Kappa', 'Against best reader'].entries()) {
        const board = await readColumn(page, column);
        await press(name);
        await expect
          .poll(() => heading(name).getAttribute('aria-sort'), { message: name })
          .toMatch(/ascending|descending/);
        const sorted = await readColumn(page, column);
        expect(sorted.toSorted(), name).toEqual(board.toSorted());
      }
      await press('Hand');
      await expect.poll(async () => (await readColumn(page, 9))[0]).toBe('.80');
    }));

  it('find rows by words, link to one, and give the table away', () =>
    visit(boardPath, async (page) => {
      await rowsOf(page).nth(6).waitFor();
      const filter = page.getByLabel('Filter by team');
      await filter.fill('tensor');
      await expect.poll(() => rowsOf(page).count()).toBe(1);
      await page.getByText('1 of 7 entries').waitFor();
      await filter.fill('nobody');
      await page.getByText('No entry has these words.').waitFor();
      await page.getByRole('button', { name: 'Clear the filter' }).click();
      await expect.poll(() => rowsOf(page).count()).toBe(7);
      const last = rowsOf(page).last();
      await last.hover();
      await last.getByRole('link', { name: 'Link to this row' }).click();
      await expect.poll(() => last.getAttribute('aria-current')).toBe('true');
      expect(new URL(page.url()).hash.slice(1)).toBe(await last.getAttribute('data-entry'));
      await page.reload();
      await page.locator('[aria-current=true][role=row]').waitFor();
      const downloading = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download CSV' }).click();
      const download = await downloading;
      expect(download.suggestedFilename()).toBe('mura-test-leaderboard.csv');
      const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
      expect(lines).toHaveLength(8);
      expect(lines[0]).toMatch(/^rank,rankLower,.*kappa\.wrist$/);
      expect(lines.filter((line) => line.includes(',reader,'))).toHaveLength(3);
    }));

  it('show a past day, with what became of each row since; and the way back', () =>
    visit(boardPath, async (page) => {
      await rowsOf(page).nth(6).waitFor();
      // A moment later, for the board of today’s end is the one of now.
      const today = await page.evaluate(() => new Date().toLocaleDateString('sv-SE'));
      await page.getByLabel('As of').fill(today);
      await page.getByText('The board as it stood on').waitFor();
      await page.getByText('Of the past, not live', { exact: true }).waitFor();
      expect(await page.getByText('Live', { exact: true }).count()).toBe(0);
      await expect.poll(() => page.getByText('as it was', { exact: true }).count()).toBe(4);
      await takePicture(page, 'leaderboard-past');
      await page.getByRole('button', { name: 'Back to now' }).click();
      await expect.poll(() => page.getByText('The board as it stood on').count()).toBe(0);
      await page.getByText('Live', { exact: true }).waitFor();
      await page.goto(`${standalone.address}${boardPath}?at=2020-01-01`);
      await page.getByText('There was no entry yet.').waitFor();
    }));

  it('are in Chinese for who reads it, and change at once', () =>
    visit(
      boardPath,
      async (page) => {
        await page.getByRole('columnheader', { name: '名次' }).waitFor();
        expect(await page.locator('html').getAttribute('lang')).toBe('zh-Hans');
        await page.getByLabel('语言').selectOption('en');
        await page.getByRole('columnheader', { name: 'Rank' }).waitFor();
        expect(await page.locator('html').getAttribute('lang')).toBe('en');
        await page.reload();
        await page.getByRole('columnheader', { name: 'Rank' }).waitFor();
        await page.getByLabel('Language').selectOption('zh');
        await page.getByText('隐藏测试集').waitFor();
      },
      { locale: 'zh-CN' },
    ));

  it('are light or dark as the system says, until the reader says otherwise', () =>
    visit(
      boardPath,
      async (page) => {
        const scheme = () => page.locator('html').getAttribute('data-mantine-color-scheme');
        await page.getByRole('button', { name: 'Use light colours' }).click();
        await expect.poll(scheme).toBe('light');
        await page.reload();
        await page.getByRole('button', { name: 'Use dark colours' }).waitFor();
        expect(await scheme()).toBe('light');
      },
      { colorScheme: 'dark' },
    ));

  it('are used with the keyboard alone', () =>
    visit(boardPath, async (page) => {
      await rowsOf(page).nth(6).waitFor();
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('tab');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => new URL(page.url()).searchParams.get('phase')).toBe('practice');
      await page.getByText('Public test set').waitFor();
      await page.getByRole('columnheader', { name: 'Team' }).getByRole('button').focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => new URL(page.url()).searchParams.get('sort')).toBe('team');
      // A new page begins at its content.
      await page.getByRole('link', { name: 'Competition', exact: true }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Rules' }).waitFor();
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('main');
    }));

  it('say what a competition is about and how one takes part, with commands that work', () =>
    visit('/competitions/mura', async (page) => {
      await page.getByRole('heading', { name: 'MURA (demo)' }).waitFor();
      await page.getByRole('region', { name: 'Rules' }).getByText('Each team enters bundles of its own.').waitFor();
      await page.getByRole('region', { name: 'Readers' }).getByText('best reader').waitFor();
      const limits = page.getByRole('row').filter({ hasText: 'Submissions in 24 hours' });
      expect(await limits.getByRole('cell').allTextContents()).toEqual(['5', 'no limit']);
      const commands = page.getByRole('region', { name: 'With the command', exact: true });
      expect(await commands.textContent()).toContain('--competition mura --phase practice');
      await page.getByRole('region', { name: 'Take part' }).getByLabel('Phase', { exact: true }).selectOption('test');
      await expect.poll(() => commands.textContent()).toContain('--competition mura --phase test');
      expect(await commands.textContent()).toContain(`HOLDOUT_SERVER=${standalone.address}`);
    }));

  it('say what is wrong where something is, and go on from there', async () => {
    await visit('/competitions/nothing/leaderboard', async (page) => {
      await page.getByRole('alert').getByText('nothing').first().waitFor();
      page.failures.length = 0;
    });
    await visit('/no/such/page', async (page) => {
      await page.getByText('There is no such page.').waitFor();
      await page.getByRole('link', { name: 'To the first page' }).click();
      await rowsOf(page).nth(6).waitFor();
    });
    await visit(boardPath, async (page) => {
      await rowsOf(page).nth(6).waitFor();
      await page.context().setOffline(true);
      await page.getByRole('tab', { name: 'Practice' }).click();
      await page.getByText('The server does not answer.').waitFor();
      await page.context().setOffline(false);
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('Reader 5').first().waitFor();
      page.failures.length = 0;
    });
  });

  const pages = { leaderboard: boardPath, competition: '/competitions/mura', 'not-found': '/no/such/page' };
  const cases = Object.entries(pages).flatMap(([name, path]) =>
    Object.entries(looks).map(([look, options]) => ({ name, path, look, options })),
  );

  it.each(cases)('have no barrier, and nothing wider than the screen: $name, $look', ({ name, path, look, options }) =>
    visit(
      path,
      async (page) => {
        await page.getByRole('main').getByRole('status').or(page.getByRole('main').getByRole('link')).first().waitFor();
        if (name === 'leaderboard') await rowsOf(page).nth(6).waitFor();
        await checkLook(page, `${name}-${look}`);
      },
      options,
    ),
  );

  it('show on a phone of each row all that there is on a desk', () =>
    visit(
      boardPath,
      async (page) => {
        await rowsOf(page).nth(6).waitFor();
        const first = rowsOf(page).first();
        for (const cell of await first.getByRole('cell').all()) expect(await cell.isVisible()).toBe(true);
        expect((await first.boundingBox())?.width).toBeGreaterThan(320);
        await page.getByLabel('Sort by').selectOption('kappa');
        await expect.poll(async () => (await kappas(page))[0]).toBeLessThan(0.5);
      },
      { viewport: phone },
    ));

  it.each([320, 600, 900, 1150, 1200, 1900])('fit a screen that is %i pixels wide', (width) =>
    visit(
      boardPath,
      async (page) => {
        await rowsOf(page).nth(6).waitFor();
        const cells = await rowsOf(page).first().getByRole('cell').all();
        for (const cell of cells) {
          const box = await cell.boundingBox();
          expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
        }
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      },
      { viewport: { width, height: 800 } },
    ),
  );

  it('do not move for who asked for that', () =>
    visit(
      boardPath,
      async (page) => {
        await rowsOf(page).nth(6).waitFor();
        const moving = await page.evaluate(() =>
          document.getAnimations().filter((each) => each.playState === 'running'),
        );
        expect(moving).toEqual([]);
      },
      { reducedMotion: 'reduce' },
    ));

  it('say of a board that is frozen, hidden or final that it is', async () => {
    const organiser = /organiser\s+(holdout_\S+)/.exec(standalone.output())?.[1] ?? '';
    const demo = await readFile(`${root}apps/standalone/demo/mura.yaml`, 'utf8');
    const file = `${standalone.dataDirectory}/mura.yaml`;
    const apply = async (release: string) => {
      await writeFile(file, demo.replace('decimals: 3', release));
      const env = { ...process.env, HOLDOUT_SERVER: standalone.address, HOLDOUT_TOKEN: organiser };
      await run(process.execPath, [holdout, 'admin', 'competition', 'apply', file, '--yes'], { cwd: root, env });
    };
    await visit(boardPath, async (page) => {
      await rowsOf(page).nth(6).waitFor();
      for (const [release, words, rows] of [
        ['decimals: 3, board: frozen', 'This board is frozen as it stood on', 7],
        ['decimals: 3, board: hidden, final: 2099-01-01T00:00:00Z', 'This board is hidden until', 0],
        ['decimals: 3, final: 2020-01-01T00:00:00Z', 'This board is final.', 7],
      ] as const) {
        await apply(release);
        await page.reload();
        await page.getByText(words).waitFor();
        await expect.poll(() => rowsOf(page).count(), { message: words }).toBe(rows);
      }
    });
  });
});
