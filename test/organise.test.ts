import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { makeThreeFaults, packTestSet } from './pack-test-set.js';
import { meetPeople } from './people.js';
import type { Standalone } from './run-standalone.js';
import { useSite } from './use-site.js';
import { type Visit, visitAsAdministrator } from './visit-as-administrator.js';
import { checkLook, findBarriers, looks, openPage, phone, takePicture, type WatchedPage } from './watched-page.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const holdout = fileURLToPath(new URL('../node_modules/.bin/holdout', import.meta.url));
const organise = '/competitions/mura/organise';

describe('the pages of organisers and operators', () => {
  let standalone: Standalone;
  let browser: Browser;
  let visit: Visit;

  useSite((site) => {
    ({ standalone, browser } = site);
    visit = visitAsAdministrator(site);
  });

  const region = (page: WatchedPage, name: string) => page.getByRole('region', { name, exact: true });
  const column = (page: WatchedPage, name: string, nth: number) =>
    region(page, name).locator(`tbody td:nth-child(${nth})`).allTextContents();

  it('find submissions by filters, which stand in the address', () =>
    visit(organise, async (page) => {
      await page.getByText('4 submissions').waitFor();
      await page.getByLabel('Text').fill('cnn (tf.js');
      await page.getByText('1 submission', { exact: true }).waitFor();
      expect(await column(page, 'Submissions', 2)).toEqual(['Team Tensor']);
      expect(new URL(page.url()).searchParams.get('text')).toBe('cnn (tf.js');
      await page.reload();
      await page.getByText('1 submission', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await page.getByText('4 submissions').waitFor();
      await page.getByLabel('State').selectOption('rejected');
      await page.getByText('No submission fits.').waitFor();
    }));

  it('disqualify a submission with a reason, and let it count again', () =>
    visit(`${organise}?team=Onyx`, async (page) => {
      const act = async (name: string) => {
        await page.getByRole('button', { name: 'Actions on “Small CNN (ONNX)”' }).click();
        await page.getByRole('menuitem', { name }).click();
      };
      await act('Disqualify');
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Disqualify' }).click();
      // Without a reason the form is not sent.
      await dialog.getByLabel('Reason, which the team reads').fill('It was trained on the test set.');
      await dialog.getByRole('button', { name: 'Disqualify' }).click();
      await region(page, 'Submissions').getByText('It was trained on the test set.').waitFor();
      expect(await readTeams()).not.toContain('Team Onyx');
      await act('Let it count again');
      await dialog.getByRole('button', { name: 'Let it count again' }).click();
      await expect.poll(() => column(page, 'Submissions', 7)).toEqual(['counted']);
      expect(await readTeams()).toContain('Team Onyx');
    }));

  it('import a test set with three faults, read the report, correct them and import it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdout-import-'));
    try {
      const wrong = await packTestSet(folder, 'wrong', await makeThreeFaults());
      const right = await packTestSet(folder, 'right');
      await visit(`${organise}/test-sets?phase=practice&view=import`, async (page) => {
        const choose = (path: string) => page.locator('input[type=file]').setInputFiles(path);
        await choose(wrong);
        await page.getByRole('textbox', { name: 'Note' }).fill('four studies of our own');
        await page.getByRole('button', { name: 'Import', exact: true }).click();
        const report = page.getByRole('alert');
        await report.waitFor();
        const problems = await report.getByRole('listitem').allTextContents();
        expect(problems.toSorted()).toEqual([
          'MURA-v1.1/XR_HAND/patient90008/study1/image1.png: XR_HAND/patient90008/study1 has images and no label.',
          'MURA-v1.1/test_labels.csv, line 4: found "2" in column 2; expected 0 or 1.',
          'MURA-v1.1/test_labels.csv, line 5: XR_HAND/patient90009/study1 has a label and no image.',
        ]);
        await page.getByText('Nothing has changed.').waitFor();
        expect(await findBarriers(page)).toEqual([]);
        await takePicture(page, 'organise-import-refused');
        await choose(right);
        await page.getByRole('button', { name: 'Import again' }).click();
        await page.getByText('4 studies, 4 images.').waitFor();
        await region(page, 'Boards before and after').waitFor({ timeout: 150_000 });
        await takePicture(page, 'organise-imported');
        await page.getByRole('tab', { name: 'Studies' }).click();
        await page.getByText('4 of 4 studies').waitFor();
        page.failures.splice(0, page.failures.length, ...page.failures.filter((words) => !words.includes('422')));
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('look at an image, zoom it and change its window, and that is in the log', () =>
    visit(`${organise}/test-sets`, async (page) => {
      await page.getByText('207 of 207 studies').waitFor();
      await page.getByLabel('Study type').selectOption('wrist');
      await page.getByText('29 of 207 studies').waitFor();
      await region(page, 'Studies').getByRole('button').first().click();
      const picture = page.getByRole('img', { name: /view 1/ });
      await picture.waitFor();
      const brightness = () =>
        picture.evaluate((canvas: HTMLCanvasElement) => {
          const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
          return Array.from(data).reduce((sum, value) => sum + value, 0) / data.length;
        });
      await expect.poll(brightness).toBeGreaterThan(64);
      const before = await brightness();
      await page.getByRole('region', { name: /view 1/ }).focus();
      for (let times = 0; times < 5; times += 1) await page.keyboard.press('Shift+ArrowUp');
      await expect.poll(brightness).toBeGreaterThan(before + 5);
      await page.keyboard.press('+');
      await expect.poll(() => picture.getAttribute('style')).toContain('scale(1.25)');
      const box = await picture.boundingBox();
      await page.mouse.move((box?.x ?? 0) + 200, (box?.y ?? 0) + 200);
      await page.mouse.wheel(0, -400);
      await expect.poll(() => picture.getAttribute('style')).not.toContain('scale(1.25)');
      await page.keyboard.press('0');
      await expect.poll(() => picture.getAttribute('style')).toContain('scale(1)');
      const study = await region(page, 'Studies').locator('[aria-current=true]').textContent();
      await page.getByRole('link', { name: 'Access log' }).click();
      await page.getByText('looked at an image').first().waitFor();
      expect(study).toContain('XR_WRIST');
      expect((await column(page, 'Access log', 5))[0]).toContain('XR_WRIST');
    }));

  /** Of the study that is open. */
  const studyHeading = (page: WatchedPage) => page.getByRole('main').locator('h2[tabindex="-1"]');
  const isInSight = (element: Element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  };

  it('bring whoever chooses a study on a phone to it, and at a desk leave them in the list', async () => {
    await visit(
      `${organise}/test-sets`,
      async (page) => {
        await region(page, 'Studies').getByRole('button').first().click();
        const heading = studyHeading(page);
        await expect.poll(() => heading.evaluate((element) => element === document.activeElement)).toBe(true);
        // It moves there, where nobody asked for stillness.
        await expect.poll(() => heading.evaluate(isInSight)).toBe(true);
      },
      { viewport: phone },
    );
    await visit(`${organise}/test-sets`, async (page) => {
      const chosen = region(page, 'Studies').getByRole('button').first();
      await chosen.click();
      await studyHeading(page).waitFor();
      expect(await chosen.evaluate((element) => element === document.activeElement)).toBe(true);
    });
  });

  it('correct a label with a note, and see the boards before and after', async () => {
    await visit(`${organise}/test-sets`, async (page) => {
      // One on which two of the three gold readers outvote the third: turning one of them turns the gold standard.
      const { study, reader } = await page.evaluate(findDisputed);
      await page.goto(`${standalone.address}${organise}/test-sets?study=${encodeURIComponent(study)}`);
      await page.getByRole('button', { name: `Correct the label of ${reader}` }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Note').fill('Read again by two of us.');
      await dialog.getByRole('button', { name: 'Correct the label' }).click();
      await dialog.getByText('4 evaluations are scored anew').waitFor();
      await region(page, 'Boards before and after').waitFor({ timeout: 150_000 });
      const changes = await column(page, 'Boards before and after', 5);
      expect(changes).toHaveLength(7);
      expect(changes.filter((change) => change !== '0').length).toBeGreaterThan(0);
      expect(await findBarriers(page)).toEqual([]);
      await takePicture(page, 'organise-corrected');
      await dialog.getByRole('button', { name: 'Close' }).click();
      await page.getByRole('tab', { name: 'Versions' }).click();
      await page.getByRole('button', { name: 'Compare' }).click();
      await region(page, 'Labels that differ').waitFor();
      expect(await column(page, 'Labels that differ', 2)).toEqual(expect.arrayContaining([reader, 'Gold standard']));
      await takePicture(page, 'organise-versions');
    });
  });

  it('change settings by the form and by YAML, with the changes shown first', () =>
    visit(`${organise}/settings`, async (page) => {
      await page.getByLabel('Title').first().fill('MURA (ours)');
      await page.getByLabel('In 24 hours').fill('7');
      await page.getByRole('button', { name: 'Show what would change' }).click();
      await region(page, 'What would change').waitFor();
      expect(await column(page, 'What would change', 1)).toEqual(['title', 'phases.test.quotas.perDay']);
      await page.getByRole('button', { name: 'Apply 2 changes' }).click();
      await page.getByText('2 changes are applied.').waitFor();
      await page.getByText('YAML', { exact: true }).click();
      const file = page.getByLabel('The competition’s file, as YAML');
      const text = await file.inputValue();
      expect(text).toContain('perDay: 7');
      await file.fill(text.replace('perDay: 7', 'perDay: [7'));
      await page.getByText(/^Line \d+, column \d+: ./).waitFor();
      expect(await page.getByRole('button', { name: 'Show what would change' }).isDisabled()).toBe(true);
      await file.fill(text.replace('MURA (ours)', 'MURA (demo)').replace('perDay: 7', 'perDay: 0'));
      await page.getByRole('button', { name: 'Show what would change' }).click();
      await page
        .getByRole('alert')
        .getByText(/perDay/)
        .waitFor();
      await file.fill(text.replace('MURA (ours)', 'MURA (demo)').replace('perDay: 7', 'perDay: 5'));
      await page.getByRole('button', { name: 'Show what would change' }).click();
      await page.getByRole('button', { name: 'Apply 2 changes' }).click();
      // The text stays a text, and begins anew with what the server has.
      const applied = text.replace('MURA (ours)', 'MURA (demo)').replace('perDay: 7', 'perDay: 5');
      await page.getByText('MURA (demo)').first().waitFor();
      await expect.poll(() => file.inputValue()).toBe(applied);
      page.failures.splice(0, page.failures.length, ...page.failures.filter((words) => !words.includes('400')));
    }));

  it('pause a worker: what is submitted waits, until it is resumed', () =>
    visit('/operate', async (page) => {
      const row = region(page, 'Workers').getByRole('row').filter({ hasText: 'evaluates bundles' });
      await row.getByRole('button', { name: /^Pause/ }).click();
      await row.getByText('paused').waitFor();
      const submit = [
        'submit',
        'packages/baseline/demo/weak',
        '--competition',
        'mura',
        '--phase',
        'practice',
        '--json',
      ];
      const token = /HOLDOUT_TOKEN=(\S+)/.exec(standalone.output())?.[1];
      const env = { ...process.env, HOLDOUT_SERVER: standalone.address, HOLDOUT_TOKEN: token };
      const { stdout } = await run(process.execPath, [holdout, ...submit], { cwd: root, env });
      const { id } = JSON.parse(stdout);
      const stateOf = async () => {
        const headers = { authorization: `Bearer ${token}` };
        return (
          (await (await fetch(`${standalone.address}/api/submissions/${id}`, { headers })).json()) as {
            state: string;
          }
        ).state;
      };
      await expect.poll(() => column(page, 'Queues', 3), { timeout: 30_000 }).toEqual(['1', '0', '0']);
      // Longer than the time after which what is forgotten is rung for again.
      await page.waitForTimeout(8000);
      expect(await stateOf()).toBe('queued');
      await takePicture(page, 'operate-paused');
      await row.getByRole('button', { name: /^Resume/ }).click();
      await expect.poll(stateOf, { timeout: 120_000 }).toBe('scored');
      await expect.poll(() => column(page, 'Queues', 3), { timeout: 30_000 }).toEqual(['0', '0', '0']);
    }));

  it('say who organises a competition, on the page as in the command', async () => {
    const people = await meetPeople(browser, standalone);
    const olga = await people.signUp('Olga');
    await people.signUp('Omar');
    await people.close();
    await visit(`${organise}/organisers`, async (page) => {
      await page.getByText('Only site administrators organise it.').waitFor();
      const add = async (email: string) => {
        await page.getByLabel('E-mail').fill(email);
        await page.getByRole('button', { name: 'Add', exact: true }).click();
      };
      await add('nobody@example.org');
      await page.getByRole('alert').getByText('Nobody has a proven account').waitFor();
      await add(olga.email);
      const rows = page.getByRole('list', { name: 'Organisers' }).getByRole('listitem');
      await rows.getByText(olga.email).waitFor();
      await add('omar@example.org');
      await rows.getByText('omar@example.org').waitFor();
      expect(await findBarriers(page)).toEqual([]);
      await takePicture(page, 'organise-two-organisers');
      await page.getByRole('button', { name: 'Remove: Olga' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await expect.poll(() => rows.count()).toBe(1);
      await expect(runAsOrganiser('admin', 'organiser', 'remove', 'nobody@example.org')).rejects.toThrow(
        /there is: omar@example\.org/,
      );
      expect(await runAsOrganiser('admin', 'organiser', 'add', olga.email)).toMatch(/Olga +olga@example\.org +\d{4}-/);
      expect(await runAsOrganiser('admin', 'organiser', 'remove', 'OMAR@example.org')).toMatch(/Omar <omar@/);
      expect(JSON.parse(await runAsOrganiser('admin', 'organiser', 'list', '--json'))).toEqual({
        organisers: [expect.objectContaining({ name: 'Olga', email: olga.email })],
      });
      // The last one can go too.
      await runAsOrganiser('admin', 'organiser', 'remove', olga.email);
      expect(await runAsOrganiser('admin', 'organiser', 'list')).toContain('Only site administrators organise it.');
      page.failures.splice(0, page.failures.length, ...page.failures.filter((words) => !words.includes('404')));
    });
  });

  it.each([
    ['organise-submissions', organise],
    ['organise-organisers', `${organise}/organisers`],
    ['organise-studies', `${organise}/test-sets`],
    ['organise-import', `${organise}/test-sets?view=import`],
    ['organise-settings', `${organise}/settings`],
    ['organise-starter-kit', `${organise}/starter-kit`],
    ['organise-agreement', `${organise}/agreement`],
    ['organise-log', `${organise}/log?about=everything`],
    ['operate', '/operate'],
  ])('are without barriers, light, dark and on a phone: %s', (name, path) => look(name, path));

  async function look(name: string, path: string): Promise<void> {
    for (const [look, options] of Object.entries(looks)) {
      await visit(
        path,
        async (page) => {
          await page.getByRole('heading', { level: 1 }).waitFor();
          await checkLook(page, `${name}-${look}`);
        },
        options,
      );
    }
  }

  it('stand beside a list of competitions where there is more than one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdout-competition-'));
    try {
      const token = /^ +organiser +(\S+)$/m.exec(standalone.output())?.[1];
      const headers = { authorization: `Bearer ${token}` };
      const mura = await (await fetch(`${standalone.address}/api/competitions/mura/file`, { headers })).json();
      const file = join(folder, 'second.yaml');
      // Any JSON is YAML.
      await writeFile(file, JSON.stringify({ ...mura, competition: 'second', title: 'A second one' }));
      await runAsOrganiser('admin', 'competition', 'apply', file, '--yes');
      await look('home', '/');
      await visit('/', async (page) => {
        await page.getByRole('link', { name: 'A second one' }).click();
        await page.waitForURL('**/competitions/second/leaderboard');
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('are closed to who organises nothing', async () => {
    const page = await openPage(browser);
    await page.goto(standalone.address + organise);
    await page.getByText('This is for organisers of this competition.').waitFor();
    await page.goto(`${standalone.address}/operate`);
    await page.getByText('This is for site administrators.').waitFor();
    await page.context().close();
  });

  /** The command, with the token that organises everything. */
  async function runAsOrganiser(...argv: string[]): Promise<string> {
    const token = /^ +organiser +(\S+)$/m.exec(standalone.output())?.[1];
    const env = { ...process.env, HOLDOUT_SERVER: standalone.address, HOLDOUT_TOKEN: token };
    return (await run(process.execPath, [holdout, ...argv], { cwd: root, env })).stdout;
  }

  async function readTeams(): Promise<string[]> {
    const response = await fetch(`${standalone.address}/api/competitions/mura/phases/test/leaderboard`);
    const { entries } = (await response.json()) as { entries: { team: string | null }[] };
    return entries.map(({ team }) => team ?? '');
  }
});

/** Runs in the page: a study whose gold readers are two to one, and one of the two. */
async function findDisputed(): Promise<{ study: string; reader: string }> {
  const answer = await fetch('/api/competitions/mura/phases/test/test-set/studies');
  const { goldReaders, studies } = (await answer.json()) as {
    goldReaders: string[];
    studies: { study: string; goldLabel: number; readerLabels: Record<string, number> }[];
  };
  for (const { study, goldLabel, readerLabels } of studies) {
    const agreeing = goldReaders.filter((reader) => readerLabels[reader] === goldLabel);
    if (agreeing.length === 2) return { study, reader: agreeing[0] ?? '' };
  }
  throw new Error('The gold readers agree on every study.');
}
