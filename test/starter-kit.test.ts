import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meetPeople, type People } from './people.js';
import { makeDataDirectory, type Standalone, startStandalone } from './run-standalone.js';
import { findBarriers, launchBrowser, openPage, phone, takePicture } from './watched-page.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const page = '/competitions/mura';
const kitName = 'mura-practice-starter-kit';
const engines = ['onnx', 'tfjs', 'command'];

describe('who begins', () => {
  let data: Awaited<ReturnType<typeof makeDataDirectory>>;
  let standalone: Standalone;
  let browser: Browser;
  let people: People;
  /** Somewhere that Holdout’s packages are installed. */
  let home: string;
  let token: string;

  beforeAll(async () => {
    data = await makeDataDirectory();
    standalone = await startStandalone({ dataDirectory: data.path });
    await standalone.printed(/Ctrl-C/, 400);
    token = /HOLDOUT_TOKEN=(\S+)/.exec(standalone.output())?.[1] ?? '';
    browser = await launchBrowser();
    people = await meetPeople(browser, standalone);
    home = await mkdtemp(join(tmpdir(), 'holdout-begin-'));
    await symlink(join(root, 'node_modules'), join(home, 'node_modules'));
  }, 420_000);

  afterAll(async () => {
    await people?.close();
    await browser?.close();
    await standalone?.interrupt();
    await data?.remove();
    if (home) await rm(home, { recursive: true, force: true });
  });

  /** Types lines into a shell that stops at the first that fails. Logging in is done already: a token is there. */
  async function type(lines: string, cwd: string): Promise<string> {
    const { HOLDOUT_SERVER: _, ...environment } = process.env;
    const script = lines.replaceAll(/^npx --no-install holdout login\n?/gm, '');
    const env = { ...environment, HOLDOUT_TOKEN: token, npm_config_offline: 'true' };
    const { stdout } = await run('bash', ['-euc', script], { cwd, env, maxBuffer: 2 ** 24 });
    return stdout;
  }

  /** Team, engine and state of what was submitted to the phase, the latest first. */
  async function listSubmitted(): Promise<{ engine: string; state: string }[]> {
    const address = `${standalone.address}/api/submissions?competition=mura&phase=practice`;
    const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
    return (await answer.json()).submissions;
  }

  const readCommands = (of: Page, label: string) => of.getByRole('region', { name: label, exact: true }).innerText();

  it('finds data and a starter kit on the competition’s page, at a desk and on a phone', async () => {
    const desk = await people.visit(page);
    const link = desk.getByRole('link', { name: 'MURA v1.1' });
    expect(await link.getAttribute('href')).toBe('https://stanfordmlgroup.github.io/competitions/mura/');
    const contents = desk.getByRole('region', { name: 'What is in the starter kit' });
    await contents.getByText('14 studies, 28 images').waitFor();
    for (const engine of engines) expect(await contents.getByText(`bundles/${engine}/`).count()).toBe(1);
    await takePicture(desk, 'competition-starter-kit');
    expect(await findBarriers(desk)).toEqual([]);
    expect(desk.failures).toEqual([]);

    const small = await openPage(browser, { viewport: phone, colorScheme: 'dark', locale: 'zh-CN' });
    await small.goto(standalone.address + page);
    await small.getByRole('link', { name: /下载入门套件/ }).waitFor();
    await takePicture(small, 'competition-starter-kit-phone-dark-zh');
    expect(await small.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await findBarriers(small)).toEqual([]);
    expect(small.failures).toEqual([]);
    await small.context().close();
  });

  it('downloads it, and has a score of each engine by the commands of its README, as pasted', async () => {
    const desk = await people.visit(page);
    const downloading = desk.waitForEvent('download');
    await desk.getByRole('link', { name: /^Download the starter kit/ }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(`${kitName}.zip`);
    const archive = join(home, 'downloaded.zip');
    await download.saveAs(archive);
    // Another program than ours reads it.
    await run('python3', ['-m', 'zipfile', '-e', archive, home]);

    const kit = join(home, kitName);
    const readme = await readFile(join(kit, 'README.md'), 'utf8');
    const blocks = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, lines = '']) => lines);
    expect(blocks.length).toBe(3 + engines.length + 1);
    const printed = await type(blocks.join('\n'), kit);
    expect(printed.match(/^Kappa on the sample: /gm)).toHaveLength(engines.length);
    expect(printed).not.toMatch(/^Warning: /m);
    for (const engine of engines) expect(printed).toContain(`${engine}.zip: “`);
    // The last one is curl's, which does not wait.
    await expect
      .poll(async () => (await listSubmitted()).map(({ engine, state }) => `${engine} ${state}`), { timeout: 120_000 })
      .toEqual(['onnx scored', 'command scored', 'tfjs scored', 'onnx scored']);
  }, 400_000);

  it('or takes the commands of the page, for the engine and phase of their choice', async () => {
    const desk = await people.visit(page);
    await desk.getByRole('radio', { name: 'command' }).waitFor({ state: 'attached' });
    await desk.getByText('command', { exact: true }).first().click();
    const before = (await listSubmitted()).length;
    const get = await readCommands(desk, 'With the command: get it');
    const folder = join(home, 'by-the-page');
    await mkdir(folder);
    const printed = await type(`${get}\n${await readCommands(desk, 'Check, pack, submit')}`, folder);
    expect(printed).toContain('command.zip: “Looks for white”');
    const [latest] = await listSubmitted();
    expect(latest).toMatchObject({ engine: 'command', state: 'scored' });
    expect((await listSubmitted()).length).toBe(before + 1);

    await desk.getByRole('combobox', { name: 'Phase' }).first().selectOption('test');
    await expect.poll(() => readCommands(desk, 'With the command: get it')).toContain('kit mura --phase test --unpack');
    expect(desk.failures).toEqual([]);
  });

  it('is told by the command what stands in the way, and loses nothing', async () => {
    const server = `export HOLDOUT_SERVER=${standalone.address}\n`;
    const refused = async (lines: string) => {
      const ended: { stderr?: string } = await type(server + lines, home).then(
        () => ({}),
        (error: { stderr: string }) => error,
      );
      return ended.stderr ?? 'It was done.';
    };
    expect(await refused('npx --no-install holdout competition kit -o downloaded.zip')).toContain(
      'overwrite it with --force',
    );
    expect(await refused(`npx --no-install holdout competition kit -o ${kitName} --unpack --force`)).toContain(
      'or remove it',
    );
    expect(await refused('npx --no-install holdout competition kit -o nowhere/kit.zip')).toContain('nowhere/kit.zip');
    expect(await refused('npx --no-install holdout competition kit mars')).toContain(
      'You asked for “mars”; there is: mura.',
    );
    const told = await type(`${server}npx --no-install holdout competition kit -o downloaded.zip --force --json`, home);
    expect(JSON.parse(told)).toMatchObject({ phase: 'practice', folder: kitName, path: 'downloaded.zip' });
    expect((await readFile(join(home, 'downloaded.zip'))).length).toBe(JSON.parse(told).sizeBytes);
  });

  it('gets what the organisers set: another sample bundle, and data in the settings', async () => {
    const { email, password } = people.administrator;
    const organiser = await people.visit(`/sign-in?next=${encodeURIComponent(`${page}/organise/starter-kit`)}`);
    await people.signIn(organiser, email, password);
    const card = organiser.getByRole('region', { name: 'ONNX' });
    await card.getByText('“Small CNN (ONNX)”').waitFor();
    await type(`npx --no-install holdout pack ${join(root, 'packages/baseline/demo/weak')} -o weak.zip --force`, home);
    await card.locator('input[type=file]').setInputFiles(join(home, 'downloaded.zip'));
    // A kit is no bundle.
    await card.getByRole('alert').waitFor();
    await takePicture(organiser, 'organise-starter-kit-refused');
    expect(await findBarriers(organiser)).toEqual([]);
    await card.locator('input[type=file]').setInputFiles(join(home, 'weak.zip'));
    await card.getByText('“Four small convolutions”').waitFor();
    await organiser.getByRole('button', { name: /Remove.*tfjs/ }).click();
    await organiser.getByRole('region', { name: 'TensorFlow.js' }).getByText('There is none.').waitFor();

    await organiser.getByRole('link', { name: 'Settings', exact: true }).click();
    await organiser.getByRole('button', { name: 'Add data' }).click();
    const added = organiser.getByRole('group', { name: 'New data' });
    await added.getByLabel('Address (https)').fill('https://example.org/more.tar.gz');
    await added.getByLabel('Size, if known').fill('2 GiB');
    await added.getByLabel('Name').fill('More');
    await organiser.getByRole('button', { name: 'Show what would change' }).click();
    await organiser.getByRole('button', { name: 'Apply 1 change' }).click();
    await organiser.getByText('1 change is applied.').waitFor();
    // Only that the document of an error is red in the console is expected: the refusal of the kit.
    expect(organiser.failures.filter((words) => !words.includes('422'))).toEqual([]);

    const desk = await people.visit(page);
    await desk.getByText('“Four small convolutions”, a model in ONNX').waitFor();
    expect(await desk.getByText('bundles/tfjs/').count()).toBe(0);
    await desk.getByRole('link', { name: 'More' }).waitFor();
    expect(await desk.getByText('2 GiB').count()).toBe(1);
  });

  it('comes to it from where a bundle is asked for', async () => {
    const { page: grace } = await people.signUp('Grace');
    await grace.goto(`${standalone.address}${page}/phases/practice/submit`);
    await grace.getByLabel('Name of the team').fill('Team Grace');
    await grace.getByRole('checkbox').check();
    await grace.getByRole('button', { name: 'Take part' }).click();
    await grace.getByRole('link', { name: 'No bundle yet? Take the starter kit' }).click();
    await grace.getByRole('heading', { name: 'Starter kit' }).waitFor();
    expect(grace.url()).toContain('#starter-kit');
  });
});
