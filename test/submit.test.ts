import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { dropFile } from './drop-file.js';
import { meetPeople, type People } from './people.js';
import type { Standalone } from './run-standalone.js';
import { useSite } from './use-site.js';
import { checkLook, findBarriers, looks, openPage, takePicture, type WatchedPage } from './watched-page.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const holdout = fileURLToPath(new URL('../node_modules/.bin/holdout', import.meta.url));
const practice = '/competitions/mura/phases/practice/submit';
const hidden = '/competitions/mura/phases/test/submit';
const megabyte = 1024 ** 2;

describe('a team at its browser', () => {
  let standalone: Standalone;
  let browser: Browser;
  let people: People;
  let page: WatchedPage;
  let bundles: string;

  useSite(async (site) => {
    ({ standalone, browser } = site);
    people = await meetPeople(browser, standalone);
    bundles = await mkdtemp(join(tmpdir(), 'holdout-bundles-'));
  });

  afterAll(() => rm(bundles, { recursive: true, force: true }));

  const open = (path: string) => page.goto(standalone.address + path);
  const dropZone = () => page.getByRole('group', { name: 'Drop a bundle here' });
  const submissionId = () => new URL(page.url()).pathname.split('/').at(-1) ?? '';
  /** The state in the head of a submission's page. */
  const state = (words: string | RegExp) => page.locator('header').last().getByText(words);

  /** Packs a folder as a team would, and gives the archive's path. */
  async function pack(folder: string, name: string): Promise<string> {
    const archive = join(bundles, `${name}.zip`);
    await run(process.execPath, [holdout, 'pack', folder, '-o', archive, '--force'], { cwd: root });
    return archive;
  }

  /** A bundle that is one program. */
  async function writeProgram(name: string, program: string): Promise<string> {
    const folder = join(bundles, name);
    await mkdir(join(folder, 'src'), { recursive: true });
    await writeFile(join(folder, 'src', 'predict.py'), program);
    return folder;
  }

  it('is told what comes before a submission: to sign in, and to join by the rules', async () => {
    const visitor = await openPage(browser);
    await visitor.goto(standalone.address + practice);
    await visitor.getByRole('heading', { name: 'Sign in to submit' }).waitFor();
    expect(await visitor.getByRole('main').getByRole('link', { name: 'Sign in' }).getAttribute('href')).toContain(
      encodeURIComponent(practice),
    );
    expect(visitor.failures).toEqual([]);
    await visitor.context().close();

    ({ page } = await people.signUp('Grace'));
    await open(practice);
    await page.getByRole('heading', { name: 'Join the competition to submit' }).waitFor();
    await page.getByLabel('Name of the team').fill('Team Grace');
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Take part' }).click();
    await page.getByText('Drop a bundle here').waitFor();
    expect(await page.getByText('To the phase Practice, as Team Grace').count()).toBe(1);
    expect(await page.getByText('No limit').count()).toBe(3);
    await takePicture(page, 'submit-choose');
    expect(await findBarriers(page)).toEqual([]);
  });

  it('is told every problem of a bundle before a byte of it is sent', async () => {
    const sent: string[] = [];
    const watch = (request: Request) => void (request.method() !== 'GET' && sent.push(request.url()));
    page.on('request', watch);
    const folder = join(bundles, 'broken');
    await mkdir(folder);
    await cp(join(root, 'packages/baseline/demo/onnx/model.onnx'), join(folder, 'model.onnx'));
    const manifest = { name: 'Broken', engine: 'onnx', model: 'model.onnx', threshold: 7, studyAggregation: 'median' };
    await writeFile(join(folder, 'holdout.json'), JSON.stringify(manifest));
    await page.locator('input[webkitdirectory]').setInputFiles(folder);
    const alert = page.getByRole('alert');
    await alert.getByText('broken can’t be submitted as it is').waitFor();
    expect(await alert.getByRole('row').allTextContents()).toEqual([
      expect.stringContaining('Where'),
      expect.stringContaining('studyAggregation'),
      expect.stringContaining('threshold'),
    ]);
    await takePicture(page, 'submit-refused');
    expect(await findBarriers(page)).toEqual([]);

    await dropFile(dropZone(), { name: 'notes.txt', bytes: Buffer.from('not an archive') });
    await page.getByText('It begins neither as a zip nor as a gzip.').waitFor();
    page.off('request', watch);
    expect(sent).toEqual([]);
  });

  it('drags a bundle in and watches it being scored, while its row appears in another window', async () => {
    const board = await openPage(browser);
    await board.goto(`${standalone.address}/competitions/mura/leaderboard?phase=practice`);
    await board.locator('[data-entry]').first().waitFor();
    expect(await board.getByRole('row').filter({ hasText: 'Dragged in' }).count()).toBe(0);

    const archive = join(bundles, 'dragged.tar.gz');
    await run('tar', ['-C', join(root, 'packages/baseline/demo'), '-czf', archive, 'onnx']);
    await dropFile(dropZone(), { name: 'dragged.tar.gz', bytes: await readFile(archive) });
    await page.getByRole('heading', { name: 'The bundle is in order' }).waitFor();
    await page.getByLabel('Name on the leaderboard').fill('Dragged in');
    await takePicture(page, 'submit-ready');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Submit', exact: true }).click();
    await page.waitForURL(/\/submissions\//);
    await page.getByRole('heading', { name: 'Course' }).waitFor();
    await takePicture(page, 'submission-under-way');
    await state('Scored').waitFor({ timeout: 120_000 });

    const steps = await page
      .getByRole('listitem')
      .filter({ hasText: /Queued|Checking|Running|Scoring/ })
      .allTextContents();
    expect(steps).toHaveLength(4);
    for (const step of steps) expect(step).toMatch(/took [\d.]+ /);
    const row = board.getByRole('row').filter({ hasText: 'Dragged in' });
    await row.waitFor({ timeout: 30_000 });
    expect(board.failures).toEqual([]);
    await board.context().close();
  });

  it('sees the whole score of a public phase: intervals, counts, curves, comparisons, the log', async () => {
    const score = page.getByRole('table').filter({ hasText: 'All studies' }).first();
    // Seven types and all of them, with seven metrics each.
    await expect.poll(() => score.getByRole('row').count()).toBe(9);
    expect(await score.getByRole('row').nth(1).getByRole('cell').count()).toBe(8);
    expect(await score.getByRole('row').nth(1).textContent()).toMatch(/0\.\d{3}0\.\d\d–[01]\.\d\d/);
    expect(await page.getByRole('table').filter({ hasText: 'says abnormal' }).count()).toBe(8);
    const counts = await page
      .getByRole('table')
      .filter({ hasText: 'says abnormal' })
      .first()
      .getByRole('cell')
      .allTextContents();
    expect(
      counts
        .map(Number)
        .filter((count) => !Number.isNaN(count))
        .reduce((sum, count) => sum + count, 0),
    ).toBe(70);
    await expect.poll(() => page.getByRole('img', { name: /Brier score|Area|Average precision/ }).count()).toBe(3);
    const sensitivity = page.getByRole('img', { name: /^Sensitivity against/ });
    await expect.poll(() => sensitivity.locator('path').count()).toBeGreaterThan(1);
    await page.getByText('Your team has no other scored submission in this phase.').waitFor();
    expect(await page.getByRole('region', { name: 'Log of the check' }).textContent()).toBeTruthy();
    const receipt = await page.request.get(
      `${standalone.address}${await page.getByRole('link', { name: 'Download the receipt' }).getAttribute('href')}`,
    );
    expect((await receipt.json()).receipt).toMatchObject({ submissionId: submissionId(), name: 'Dragged in' });
    await takePicture(page, 'submission-scored');
    expect(await findBarriers(page)).toEqual([]);
    expect(page.failures).toEqual([]);
  });

  it('finds its own row marked on the board, and by it the way back to its submission', async () => {
    const id = submissionId();
    await open('/competitions/mura/leaderboard?phase=practice');
    const rows = page.locator('[data-entry]');
    const own = rows.filter({ hasText: 'Team Grace' });
    await own.getByText('Your team', { exact: true }).waitFor();
    // Its name alone is no mark: of the others none has it.
    expect(await rows.count()).toBeGreaterThan(1);
    expect(await rows.getByText('Your team', { exact: true }).count()).toBe(1);
    await own.getByRole('link', { name: 'Team Grace' }).click();
    await page.waitForURL(`**/submissions/${id}`);

    const visitor = await openPage(browser);
    await visitor.goto(`${standalone.address}/competitions/mura/leaderboard?phase=practice`);
    const seen = visitor.locator('[data-entry]').filter({ hasText: 'Team Grace' });
    await seen.waitFor();
    expect(await visitor.getByText('Your team', { exact: true }).count()).toBe(0);
    expect(await seen.getByRole('link', { name: 'Team Grace' }).count()).toBe(0);
    await visitor.context().close();
  });

  it('chooses a folder, which is packed in the browser, and sees what a hidden phase hides said to be hidden', async () => {
    await open(hidden);
    await page.getByText('5 of 5').waitFor();
    const folder = await writeProgram('slow', slowProgram);
    await cp(join(root, 'packages/baseline/demo/command/holdout.json'), join(folder, 'holdout.json'));
    await page.locator('input[webkitdirectory]').setInputFiles(folder);
    await page.getByRole('heading', { name: 'The bundle is in order' }).waitFor();
    expect(await page.getByText(/^slow\.zip, /).count()).toBe(1);
    const bar = page.getByRole('progressbar', { name: 'Images of the phase' });
    // All are there only while it runs.
    const seen = Promise.all([
      page.getByText(/^Images of the phase: 0 of \d/).waitFor({ timeout: 120_000 }),
      // Of a program it is empty, and an empty one has no width.
      bar.waitFor({ state: 'attached', timeout: 120_000 }),
      page.getByText(/Scored in about|It takes longer/).waitFor({ timeout: 120_000 }),
    ]);
    // Of a click that fails, that is to be heard.
    seen.catch(() => {});
    await page.getByRole('button', { name: 'Submit', exact: true }).click();
    await seen;
    await page.waitForURL(/\/submissions\//);
    await state('Scored').waitFor({ timeout: 120_000 });
    await page.getByText('Hidden: exact counts would tell').waitFor();
    await page.getByText('Hidden: each step of a curve').waitFor();
    expect(await page.getByText('This phase publishes 3 decimals.').count()).toBe(1);
    const readers = page.getByRole('region', { name: 'With each reader' }).getByRole('row');
    await expect.poll(() => readers.count()).toBe(5);
    await page
      .getByText(/best reader\.?$/)
      .first()
      .waitFor();
    await takePicture(page, 'submission-hidden-phase');
    expect(await findBarriers(page)).toEqual([]);

    await open(hidden);
    await page.getByText('4 of 5').waitFor();
    expect(page.failures).toEqual([]);
  });

  it('pauses an upload, reloads the page in between, and goes on where it was', async () => {
    const folder = join(bundles, 'large');
    await cp(join(root, 'packages/baseline/demo/weak'), folder, { recursive: true });
    const size = 24 * megabyte;
    await writeFile(join(folder, 'notes.bin'), randomBytes(size));
    const archive = await pack(folder, 'large');
    const network = await page.context().newCDPSession(page);
    const limitUpload = (uploadThroughput: number) =>
      network.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput,
      });
    await network.send('Network.enable');
    await limitUpload(slowBytesPerSecond);
    const offsets: number[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
    });

    await open(practice);
    await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles(archive);
    await page.getByLabel('Name on the leaderboard').fill('In two parts');
    await page.getByRole('button', { name: 'Submit', exact: true }).click();
    const bar = page.getByRole('progressbar', { name: 'Sending large.zip' });
    const percent = async () => Number(await bar.getAttribute('aria-valuenow'));
    await expect.poll(percent, { timeout: 60_000 }).toBeGreaterThan(25);
    await page.getByText(/ a second$/).waitFor();
    await page.getByText(/^\d.* left$/).waitFor();
    await takePicture(page, 'submit-sending');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText(/^Paused at \d+%/).waitFor();
    const paused = await percent();
    expect(paused).toBeLessThan(95);

    await page.reload();
    await page.getByText('What was sent is kept by the server').waitFor();
    await limitUpload(-1);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.waitForURL(/\/submissions\//, { timeout: 60_000 });
    await page.getByRole('heading', { name: 'In two parts' }).waitFor();
    // From the beginning once, and then from what the server had.
    expect(offsets[0]).toBe(0);
    expect(offsets.at(-1)).toBeGreaterThan(0.1 * size);
    await state('Scored').waitFor({ timeout: 120_000 });

    // What is done is forgotten: the page begins anew.
    await open(practice);
    await page.getByText('Drop a bundle here').waitFor();
  });

  it('goes on by itself after a reload, and when its page was left for another one', async () => {
    const network = await page.context().newCDPSession(page);
    const conditions = { offline: false, latency: 0, downloadThroughput: -1 };
    await network.send('Network.enable');
    await network.send('Network.emulateNetworkConditions', {
      ...conditions,
      uploadThroughput: slowBytesPerSecond,
    });
    await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles(join(bundles, 'large.zip'));
    await page.getByRole('button', { name: 'Submit', exact: true }).click();
    const bar = page.getByRole('progressbar', { name: 'Sending large.zip' });
    const percent = async () => Number(await bar.getAttribute('aria-valuenow'));
    await expect.poll(percent, { timeout: 60_000 }).toBeGreaterThan(10);
    await page.getByRole('link', { name: 'Submissions' }).click();
    await page.getByRole('heading', { name: 'Submissions' }).waitFor();
    await page.goBack();
    await expect.poll(percent, { timeout: 60_000 }).toBeGreaterThan(20);
    await page.reload();
    await expect.poll(percent, { timeout: 60_000 }).toBeGreaterThan(20);

    // Of a file that is too large to keep, a browser knows all but the file.
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.evaluate(forgetFiles);
    await page.reload();
    await page.getByText('An upload was interrupted').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    const parts = page.waitForRequest((request) => request.method() === 'PATCH');
    await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles(join(bundles, 'large.zip'));
    expect(Number((await parts).headers()['upload-offset'])).toBeGreaterThan(megabyte);

    await page.getByRole('button', { name: 'Give up' }).click();
    await page.getByText('Drop a bundle here').waitFor();
    await network.send('Network.emulateNetworkConditions', { ...conditions, uploadThroughput: -1 });
    await page.reload();
    await page.getByText('Drop a bundle here').waitFor();
  });

  it('is told why a bundle was rejected, and what to do, beside what it printed', async () => {
    const program = "import sys\nfor number in range(3000): print('line', number)\nsys.exit('no weights here')\n";
    const folder = await writeProgram('failing', program);
    await open(hidden);
    await page.getByText('4 of 5').waitFor();
    await page.locator('input[webkitdirectory]').setInputFiles(folder);
    await page.getByRole('button', { name: 'Submit', exact: true }).click();
    await page.waitForURL(/\/submissions\//);
    await state('Rejected').waitFor({ timeout: 120_000 });
    const alert = page.getByRole('alert').filter({ hasText: 'Why it was rejected' });
    expect(await alert.textContent()).toMatch(/What to do: .+It ended while it was Checking\. [a-z_]+$/);
    await alert.getByText('3 of 5 are left in 24 hours. 18 of 20 are left in all.').waitFor();
    const log = page.getByRole('region', { name: 'Log of the check' });
    await expect.poll(() => page.getByText(/^[\d,]+ lines$/).textContent()).toMatch(/^3,\d{3} lines$/);
    await log.getByText('no weights here').waitFor();
    // Of thousands of lines only those in sight are drawn.
    expect(await log.locator('code').count()).toBeLessThan(100);
    await takePicture(page, 'submission-rejected');
    expect(await findBarriers(page)).toEqual([]);
  });

  it('cancels what is under way, once it has said so twice', async () => {
    await open(practice);
    const patient = await writeProgram('patient', 'import time\ntime.sleep(600)\n');
    await page.locator('input[webkitdirectory]').setInputFiles(patient);
    await page.getByRole('button', { name: 'Submit', exact: true }).click();
    await page.waitForURL(/\/submissions\//);
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('button', { name: 'Yes, cancel it' }).click();
    await state('Cancelled').waitFor();
    expect(page.failures).toEqual([]);
  });

  it('finds all of them in one list', async () => {
    await page.getByRole('link', { name: 'All submissions of your team' }).click();
    const rows = page.getByRole('row');
    await expect.poll(() => rows.count()).toBe(6);
    expect(await rows.nth(1).textContent()).toContain('Cancelled');
    expect(await rows.filter({ hasText: 'Dragged in' }).textContent()).toMatch(/Practice.*Scored0\.\d{3}/);
    await takePicture(page, 'submissions');
    expect(await findBarriers(page)).toEqual([]);
  });

  it('reads the same in every look, in Chinese too, and nobody is kept out', async () => {
    const scored = await page.getByRole('link', { name: 'Dragged in' }).getAttribute('href');
    const storageState = await page.context().storageState();
    const paths = {
      submit: { path: practice, words: /Drop a bundle here|将模型包拖到这里/ },
      submission: { path: scored ?? '', words: /Average precision|平均精确率/ },
      submissions: { path: '/competitions/mura/submissions', words: /^(Submitted|提交时间)$/ },
    };
    for (const [look, options] of Object.entries(looks)) {
      const seen = await openPage(browser, { ...options, storageState });
      for (const [name, { path, words }] of Object.entries(paths)) {
        await seen.goto(standalone.address + path);
        await seen.getByText(words).first().waitFor();
        await checkLook(seen, `${name}-${look}`);
      }
      expect(seen.failures).toEqual([]);
      await seen.context().close();
    }
  });

  const warnings = () => page.getByRole('alert').filter({ hasText: 'The check on the public sample warns' });

  it('is stopped by a warning of the check where it asked for that, at no cost', async () => {
    await open(hidden);
    await page.getByText('3 of 5').waitFor();
    await page.locator('input[webkitdirectory]').setInputFiles(await writeProgram('stopped', constantProgram));
    await page.getByRole('checkbox', { name: 'Stop if the check warns' }).check();
    await page.getByRole('button', { name: 'Submit', exact: true }).click();
    await page.waitForURL(/\/submissions\//);
    await state('Rejected').waitFor({ timeout: 120_000 });
    const why = page.getByRole('alert').filter({ hasText: 'Why it was rejected' });
    expect(await why.textContent()).toMatch(
      /asked to be stopped then\..*It ended while it was Checking\. check_warned$/,
    );
    expect(await why.textContent()).toContain('It costs no submission.');
    expect(await why.textContent()).not.toContain('It counts against');
    await why.getByText('3 of 5 are left in 24 hours. 18 of 20 are left in all.').waitFor();
    expect(await warnings().getByRole('listitem').allTextContents()).toContain(allAbnormal);
    // The phase's own studies were never run.
    expect(await page.getByRole('progressbar', { name: 'Images of the phase' }).count()).toBe(0);
    await takePicture(page, 'submission-stopped');
    expect(await findBarriers(page)).toEqual([]);
    await open(hidden);
    await page.getByText('3 of 5').waitFor();
    expect(page.failures).toEqual([]);
  });

  it('is scored in spite of a warning where it did not ask, and still told of it', async () => {
    await open(practice);
    await page.locator('input[webkitdirectory]').setInputFiles(await writeProgram('constant', constantProgram));
    await page.getByLabel('Name on the leaderboard').fill('Always abnormal');
    await page.getByRole('button', { name: 'Submit', exact: true }).click();
    await page.waitForURL(/\/submissions\//);
    await warnings().getByText(allAbnormal).waitFor({ timeout: 120_000 });
    await state('Scored').waitFor({ timeout: 120_000 });
    expect(await warnings().getByText(allAbnormal).count()).toBe(1);
    expect(page.failures).toEqual([]);
  });

  it('lets another submission count than the best, where the phase lets it choose, and takes that back', async () => {
    const file = join(bundles, 'mura.yaml');
    const demo = await readFile(join(root, 'apps/standalone/demo/mura.yaml'), 'utf8');
    const [before, after] = demo.split('phase: practice\n');
    await writeFile(file, `${before}phase: practice\n    counted: { chosen: 1 }\n${after}`);
    const token = /organiser\s+(holdout_\S+)/.exec(standalone.output())?.[1];
    const env = { ...process.env, HOLDOUT_SERVER: standalone.address, HOLDOUT_TOKEN: token };
    await run(process.execPath, [holdout, 'admin', 'competition', 'apply', file, '--yes'], { cwd: root, env });

    const board = await openPage(browser);
    await board.goto(`${standalone.address}/competitions/mura/leaderboard?phase=practice`);
    const row = (name: string) =>
      board.locator('[data-entry]').filter({ hasText: 'Team Grace' }).filter({ hasText: name });
    // Until it chooses, its best counts.
    await row('Dragged in').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Let it count', exact: true }).click();
    await page.getByText('You chose it to count.').waitFor();
    await row('Always abnormal').waitFor({ timeout: 30_000 });
    await row('Dragged in').waitFor({ state: 'detached' });
    await takePicture(page, 'submission-chosen');
    expect(await findBarriers(page)).toEqual([]);

    const chosen = page.url();
    await page.getByRole('link', { name: 'All submissions of your team' }).click();
    await page.getByRole('link', { name: 'Dragged in' }).click();
    await page.getByRole('button', { name: 'Let it count', exact: true }).click();
    await page
      .getByRole('alert')
      .getByText(/take one back first \(at most 1\)/)
      .waitFor();
    await page.goto(chosen);
    await page.getByRole('button', { name: 'Don’t let it count' }).click();
    await row('Dragged in').waitFor({ timeout: 30_000 });
    expect(page.failures.filter((words) => !/status of 409/.test(words))).toEqual([]);
    expect(board.failures).toEqual([]);
    await board.context().close();
  });

  it('has two windows: one sends, the other says so, and goes on where the first is closed', async () => {
    const [first, second] = [await page.context().newPage(), await page.context().newPage()];
    const sentBySecond: number[] = [];
    second.on('request', (request) => {
      if (request.method() === 'PATCH') sentBySecond.push(Number(request.headers()['upload-offset']));
    });
    const network = await first.context().newCDPSession(first);
    await network.send('Network.enable');
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: slowBytesPerSecond };
    await network.send('Network.emulateNetworkConditions', slow);
    const begin = async (window: Page, archive: string) => {
      await window.locator('input[type=file]:not([webkitdirectory])').setInputFiles(archive);
      await window.getByRole('button', { name: 'Submit', exact: true }).click();
    };
    const percentOf = (window: Page) => async () =>
      Number(await window.getByRole('progressbar', { name: 'Sending large.zip' }).getAttribute('aria-valuenow'));

    // The second was open before, and wants to send something else meanwhile.
    await second.goto(standalone.address + practice);
    await first.goto(standalone.address + practice);
    await begin(first, join(bundles, 'large.zip'));
    await expect.poll(percentOf(first), { timeout: 60_000 }).toBeGreaterThan(5);
    await begin(second, await pack(join(root, 'packages/baseline/demo/weak'), 'small'));
    await second.getByText('Another window of this browser sends a bundle').waitFor();
    await second.getByText('small.zip waits here').waitFor();
    await second.reload();
    await second.getByText('Another window of this browser sends a bundle').waitFor();
    const seen = await percentOf(second)();
    expect(seen).toBeGreaterThan(5);
    // It moves there too, and on to where the server certainly has more than a megabyte.
    await expect.poll(percentOf(second), { timeout: 60_000 }).toBeGreaterThan(Math.max(seen, 15));
    expect(await findBarriers(second)).toEqual([]);
    await takePicture(second, 'submit-elsewhere');
    expect(sentBySecond).toEqual([]);

    await first.close();
    await second.waitForURL(/\/submissions\//, { timeout: 120_000 });
    expect(sentBySecond[0]).toBeGreaterThan(megabyte);
    await second.close();
  });

  it('accepts the rules anew where they have changed, and loses nothing of what it chose', async () => {
    await open(practice);
    await page.locator('input[webkitdirectory]').setInputFiles(join(root, 'packages/baseline/demo/weak'));
    await page.getByLabel('Name on the leaderboard').fill('By the new rules');
    const token = /^ +organiser +(\S+)$/m.exec(standalone.output())?.[1];
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const file = (await (
      await fetch(`${standalone.address}/api/competitions/mura/file`, { headers })
    ).json()) as object;
    const body = JSON.stringify({ ...file, rules: 'No hand-written labels of the **hidden** studies.' });
    const applied = await fetch(`${standalone.address}/api/competitions/mura`, { method: 'PUT', headers, body });
    expect(applied.status).toBe(200);

    await page.getByRole('button', { name: 'Submit', exact: true }).click();
    await page.getByRole('heading', { name: 'Accept the new rules to submit' }).waitFor();
    await page.getByText('No hand-written labels').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'submit-rules-changed');
    await page.getByLabel(/I have read the rules \(version 2\)/).check();
    await page.getByRole('button', { name: 'Accept the rules' }).click();
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.waitForURL(/\/submissions\//, { timeout: 60_000 });
    await page.getByRole('heading', { name: 'By the new rules' }).waitFor();
    // A model that was packed in the browser is run as any other.
    await state('Scored').waitFor({ timeout: 120_000 });
    // The head of the page knows of which competition it is, also after a reload.
    await page.reload();
    const links = page.getByRole('banner').getByRole('link');
    await expect.poll(() => links.allTextContents()).toEqual(expect.arrayContaining(['Leaderboard', 'Submissions']));
    await page.getByRole('banner').getByRole('link', { name: 'Submissions' }).click();
    await page.waitForURL(/\/competitions\/mura\/submissions$/);
  });
});

/** So slow that what a test does while 24 megabytes are sent has most of a minute, not a few seconds. */
const slowBytesPerSecond = megabyte / 2;
const allAbnormal = 'Every sample study is called abnormal. Is the threshold right?';
const constantProgram = `import os, sys
studies = sorted({os.path.dirname(line.strip()) for line in open(sys.argv[1])})
with open(sys.argv[2], 'w') as answers:
    for study in studies: answers.write(f'{study}/,1\\n')
`;
/** Takes its time over all studies of a phase, which have more images than the sample or a single study. */
const slowProgram = `import os, sys, time
paths = [line.strip() for line in open(sys.argv[1])]
if len(paths) > 100: time.sleep(8)
studies = sorted({os.path.dirname(path) for path in paths})
with open(sys.argv[2], 'w') as answers:
    for number, study in enumerate(studies): answers.write(f'{study}/,{number % 2}\\n')
`;

/** In the page: as if the file had been too large to be kept. */
async function forgetFiles(): Promise<void> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database = await done(indexedDB.open('holdout'));
  const store = database.transaction('uploads', 'readwrite').objectStore('uploads');
  for (const kept of await done(store.getAll())) await done(store.put({ ...kept, file: null }));
  database.close();
}
