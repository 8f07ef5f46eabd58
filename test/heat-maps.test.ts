import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { meetPeople } from './people.js';
import { type Site, useSite } from './use-site.js';
import { type Visit, visitAsAdministrator } from './visit-as-administrator.js';
import { findBarriers, phone, takePicture, type WatchedPage } from './watched-page.js';

describe('heat maps', () => {
  let site: Site;
  let visit: Visit;

  useSite((opened) => {
    site = opened;
    visit = visitAsAdministrator(site);
  });

  /** The page of the demo's ONNX bundle, once it is scored. */
  async function findScored(page: WatchedPage): Promise<string> {
    for (;;) {
      const id = await page.evaluate(async () => {
        const { submissions } = (await (await fetch('/api/submissions')).json()) as {
          submissions: { id: string; team: string; state: string }[];
        };
        return submissions.find(({ team, state }) => team === 'Team Onyx' && state === 'scored')?.id;
      });
      if (id) return `/submissions/${id}`;
      await page.waitForTimeout(1000);
    }
  }

  const heat = (page: WatchedPage) => page.locator('canvas[data-heat]');
  const opacity = (page: WatchedPage) => heat(page).evaluate((canvas) => Number(canvas.style.opacity));
  /** How opaque the overlay is on the whole, 0..1. */
  const covered = (page: WatchedPage) =>
    heat(page).evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      return Array.from(data).reduce((sum, value, place) => sum + (place % 4 === 3 ? value : 0), 0) / data.length / 64;
    });

  it('are asked for on a submission’s page, made, and seen through as far as one likes', () =>
    visit(findScored, async (page) => {
      const section = page.getByRole('region', { name: 'Where it looks' });
      await section.getByText('Nobody has asked for this heat map yet.').waitFor();
      expect(await findBarriers(page)).toEqual([]);
      await section.getByRole('button', { name: 'Show where it looks' }).click();
      await heat(page).waitFor({ timeout: 150_000 });
      await section.getByText(/^Probability of abnormal: 0\.\d+$/).waitFor();
      await section.getByText(/^By class activation/).waitFor();
      await section.getByRole('img', { name: /^Radiograph with the heat map over it/ }).waitFor();
      await expect.poll(() => opacity(page)).toBeCloseTo(0.7, 5);
      const slider = section.getByRole('slider', { name: 'Opacity of the heat map' });
      await slider.focus();
      for (let times = 0; times < 4; times += 1) await page.keyboard.press('ArrowLeft');
      await expect.poll(() => opacity(page)).toBeCloseTo(0.5, 5);
      await page.keyboard.press('End');
      await expect.poll(() => opacity(page)).toBe(1);
      expect(await findBarriers(page)).toEqual([]);
      await takePicture(page, 'heat-map');
      // Every other study of the sample, too; among them one with something to look at.
      await section.getByRole('button', { name: 'Make all of the sample' }).click();
      const studies = await section.getByLabel('Sample study').locator('option').count();
      expect(studies).toBe(14);
      const shares: number[] = [];
      for (let index = 0; index < studies; index += 1) {
        await section.getByLabel('Sample study').selectOption({ index });
        await heat(page).waitFor({ timeout: 150_000 });
        shares.push(await covered(page));
      }
      expect(Math.max(...shares)).toBeGreaterThan(0.005);
      expect(Math.max(...shares)).toBeLessThan(0.6);
    }));

  it.each([
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: phone }],
    ['zh', { locale: 'zh-CN' }],
  ] as const)('are without barriers on a page that is %s', (way, options) =>
    visit(
      findScored,
      async (page) => {
        await heat(page).waitFor({ timeout: 150_000 });
        expect(await findBarriers(page)).toEqual([]);
        const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
        expect(isTooWide).toBe(false);
        if (way === 'zh') await page.getByRole('heading', { name: '模型关注之处' }).waitFor();
        await takePicture(page, `heat-map-${way}`);
      },
      options,
    ),
  );

  it('are laid over hidden images for organisers, and each is in the log', () =>
    visit('/competitions/mura/organise/test-sets?phase=test', async (page) => {
      await page.getByText('207 of 207 studies').waitFor();
      await page.getByRole('region', { name: 'Studies', exact: true }).getByRole('button').first().click();
      await page.getByRole('img', { name: /view 1/ }).waitFor();
      const chosen = page.getByLabel('Where a submission looks');
      const offered = chosen.locator('option').filter({ hasText: 'Team Onyx' }).first();
      await chosen.selectOption((await offered.textContent()) ?? '');
      await page.getByRole('button', { name: 'Show where it looks' }).click();
      await heat(page).waitFor({ timeout: 150_000 });
      await expect.poll(() => opacity(page)).toBeCloseTo(0.7, 5);
      await page.getByRole('slider', { name: 'Opacity of the heat map' }).focus();
      for (let times = 0; times < 4; times += 1) await page.keyboard.press('ArrowRight');
      await expect.poll(() => opacity(page)).toBeCloseTo(0.9, 5);
      await page.keyboard.press('Home');
      await expect.poll(() => opacity(page)).toBe(0);
      await page.keyboard.press('End');
      await expect.poll(() => opacity(page)).toBe(1);
      await page.getByRole('region', { name: /view 1/ }).focus();
      await page.keyboard.press('+');
      await expect.poll(() => heat(page).getAttribute('style')).toContain('scale(1.25)');
      await page.keyboard.press('0');
      expect(await findBarriers(page)).toEqual([]);
      await takePicture(page, 'organise-heat-map');
      await page.getByRole('link', { name: 'Access log' }).click();
      await page.getByText('asked for a heat map').first().waitFor();
      await page.getByText('looked at a heat map').first().waitFor();
    }));

  it('are made by occlusion of a model that names no feature maps', async () => {
    const people = await meetPeople(site.browser, site.standalone);
    const bundle = await mkdtemp(join(tmpdir(), 'holdout-without-cam-'));
    try {
      await cp(fileURLToPath(new URL('../packages/baseline/demo/weak', import.meta.url)), bundle, { recursive: true });
      const { cam, ...manifest } = JSON.parse(await readFile(join(bundle, 'holdout.json'), 'utf8'));
      expect(cam).toBeTruthy();
      await writeFile(join(bundle, 'holdout.json'), JSON.stringify(manifest));
      const { page } = await people.signUp('Matthew');
      await page.goto(`${site.standalone.address}/competitions/mura/phases/practice/submit`);
      await page.getByLabel('Name of the team').fill('Team Matthew');
      await page.getByRole('checkbox').check();
      await page.getByRole('button', { name: 'Take part' }).click();
      await page.locator('input[webkitdirectory]').setInputFiles(bundle);
      await page.getByRole('button', { name: 'Submit', exact: true }).click();
      await page.waitForURL(/\/submissions\//);
      const section = page.getByRole('region', { name: 'Where it looks' });
      await section.getByRole('button', { name: 'Show where it looks' }).click({ timeout: 150_000 });
      await heat(page).waitFor({ timeout: 150_000 });
      await section.getByText(/^By occlusion/).waitFor();
      await section.getByText(/^Probability of abnormal: 0\.\d+$/).waitFor();
      // Some study of the sample has a place without which it is less abnormal.
      await section.getByRole('button', { name: 'Make all of the sample' }).click();
      const studies = await section.getByLabel('Sample study').locator('option').count();
      const shares: number[] = [];
      for (let index = 0; index < studies; index += 1) {
        await section.getByLabel('Sample study').selectOption({ index });
        await heat(page).waitFor({ timeout: 150_000 });
        shares.push(await covered(page));
      }
      expect(Math.max(...shares)).toBeGreaterThan(0.005);
      expect(await findBarriers(page)).toEqual([]);
      await takePicture(page, 'heat-map-occlusion');
      expect(page.failures).toEqual([]);
    } finally {
      await people.close();
      await rm(bundle, { recursive: true, force: true });
    }
  });
});
