import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCatalogue, sentenceTemplates } from '@holdout/contracts';
import { afterAll, describe, expect, it } from 'vitest';
import { makeThreeFaults, packTestSet } from '../../../../test/pack-test-set.js';
import { meetPeople, type People } from '../../../../test/people.js';
import type { Standalone } from '../../../../test/run-standalone.js';
import { useSite } from '../../../../test/use-site.js';
import { findBarriers, openPage, takePicture, type WatchedPage } from '../../../../test/watched-page.js';
import { words } from './server-words.zh.js';

const practice = '/competitions/mura/phases/practice/submit';
/** All that the catalogues say in English; of what is filled in, the words around it. */
const english = [
  ...Object.values(errorCatalogue).flatMap(({ title, next }) => [title, next]),
  ...Object.values(sentenceTemplates).flatMap((template) => template.split(/\{\{\w+\}\}/)),
]
  .map((text) => text.trim())
  .filter((text) => text.length >= 12);

describe('what the server says to who reads Chinese', () => {
  let standalone: Standalone;
  let people: People;
  let page: WatchedPage;
  let bundles: string;

  useSite(async (site) => {
    standalone = site.standalone;
    people = await meetPeople(site.browser, standalone);
    const { page: desk } = await people.signUp('Lin');
    await desk.goto(standalone.address + practice);
    await desk.getByLabel('Name of the team').fill('Team Lin');
    await desk.getByRole('checkbox').check();
    await desk.getByRole('button', { name: 'Take part' }).click();
    await desk.getByText('Drop a bundle here').waitFor();
    const storageState = await desk.context().storageState();
    page = await openPage(site.browser, { storageState, locale: 'zh-CN' });
    bundles = await mkdtemp(join(tmpdir(), 'holdout-bundles-'));
  });

  afterAll(() => rm(bundles, { recursive: true, force: true }));

  const listEnglish = async (of = page) => {
    const text = await of.locator('body').innerText();
    return english.filter((words) => text.includes(words));
  };

  async function chooseBundle(name: string, files: Readonly<Record<string, string>>): Promise<void> {
    const folder = join(bundles, name);
    await mkdir(join(folder, 'src'), { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
    await page.goto(standalone.address + practice);
    await page.locator('input[webkitdirectory]').setInputFiles(folder);
  }

  it('names each problem of a bundle in Chinese', async () => {
    const manifest = { name: 'Broken', engine: 'command', command: 'python3 a.py', threshold: 7, treshold: 1 };
    await chooseBundle('broken', { 'holdout.json': JSON.stringify(manifest), 'src/a.py': '' });
    const alert = page.getByRole('alert').filter({ hasText: 'broken' });
    await alert.getByText(words.errors.manifest_invalid.title).first().waitFor();
    expect(await alert.innerText()).toContain(words.errors.manifest_invalid.next);
    const cells = (await alert.getByRole('cell').allInnerTexts()).filter((text) => text !== '');
    const { found_unknown_field, no_such_field, an_array, at_most } = words.sentences;
    expect(cells).toEqual(
      expect.arrayContaining([found_unknown_field, no_such_field, an_array, at_most.replace('{{limit}}', '1')]),
    );
    expect(await listEnglish()).toEqual([]);
    await takePicture(page, 'submit-refused-zh');
    expect(await findBarriers(page)).toEqual([]);
  });

  it('says in Chinese why a bundle was rejected, with its exit code, and what to do', async () => {
    await chooseBundle('failing', { 'src/predict.py': "import sys\nsys.exit('no weights here')\n" });
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await page.waitForURL(/\/submissions\//);
    const alert = page.getByRole('alert').filter({ hasText: '被拒绝的原因' });
    await alert.waitFor({ timeout: 120_000 });
    const { title, next } = words.errors.command_failed;
    expect(await alert.innerText()).toContain(`${title}它以退出码 1 结束。`);
    expect(await alert.innerText()).toContain(next);
    expect(await listEnglish()).toEqual([]);
    await takePicture(page, 'submission-rejected-zh');
    expect(await findBarriers(page)).toEqual([]);
  });

  it('warns in Chinese, with what was seen', async () => {
    const program = `import os, sys
studies = sorted({os.path.dirname(line.strip()) for line in open(sys.argv[1])})
with open(sys.argv[2], 'w') as answers:
    for study in studies: answers.write(f'{study}/,1\\n')
`;
    await chooseBundle('constant', { 'src/predict.py': program });
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await page.waitForURL(/\/submissions\//);
    await page.getByText(words.sentences.all_abnormal).waitFor({ timeout: 120_000 });
    expect(await listEnglish()).toEqual([]);
  });

  /** As the demo's administrator. */
  async function organise(path: string): Promise<WatchedPage> {
    const storageState = await people.outbox.context().storageState();
    return await people.visit(`/competitions/mura/organise/${path}`, { storageState, locale: 'zh-CN' });
  }

  const listProblems = async (of: WatchedPage) => {
    const report = of.getByRole('alert');
    await report.waitFor();
    return (await report.getByRole('listitem').allTextContents()).toSorted();
  };

  it('reports in Chinese what is wrong with a test set', async () => {
    const archive = await packTestSet(bundles, 'wrong', await makeThreeFaults());
    const organiser = await organise('test-sets?phase=practice&view=import');
    await organiser.locator('input[type=file]').setInputFiles(archive);
    await organiser.getByRole('textbox', { name: '备注' }).fill('四例检查');
    await organiser.getByRole('button', { name: '导入', exact: true }).click();
    expect(await listProblems(organiser)).toEqual([
      'MURA-v1.1/XR_HAND/patient90008/study1/image1.png：XR_HAND/patient90008/study1 有图像，但没有标签。',
      'MURA-v1.1/test_labels.csv 第 4 行：发现：列 2 中的 "2"；应为：0 或 1。',
      'MURA-v1.1/test_labels.csv 第 5 行：XR_HAND/patient90009/study1 有标签，但没有图像。',
    ]);
    expect(await listEnglish(organiser)).toEqual([]);
    await takePicture(organiser, 'organise-import-refused-zh');
    expect(await findBarriers(organiser)).toEqual([]);
  });

  it('reports in Chinese what is wrong with a competition’s file: as YAML, in its fields, and with what is there', async () => {
    const organiser = await organise('settings');
    await organiser.getByText('YAML', { exact: true }).click();
    const file = organiser.getByLabel('竞赛文件（YAML）');
    const text = await file.inputValue();
    const apply = async (changed: string) => {
      await file.fill(changed);
      await organiser.getByRole('button', { name: '显示将会改变的内容' }).click();
    };

    await file.fill(`${text}title: MURA\n`);
    await organiser.getByText(/^第 \d+ 行第 1 列：这个字段前面已有。$/).waitFor();
    await takePicture(organiser, 'organise-yaml-zh');
    await apply(text.replace('time: 30 min', 'time: soon').replace('perDay: 5', 'perDay: 0'));
    expect(await listProblems(organiser)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^phases\.\d\.limits\.time：应为：时长，例如 90 s、30 min 或 2 h。$/),
        expect.stringMatching(/^phases\.\d\.quotas\.perDay：应为：大于 0。$/),
      ]),
    );
    const dated = text.replace('opens: null', 'opens: 2030-01-02T00:00:00Z');
    await apply(dated.replace('closes: null', 'closes: 2030-01-01T00:00:00Z'));
    // Until the server has answered, what it said before may still stand there.
    await expect
      .poll(() => listProblems(organiser))
      .toEqual([expect.stringMatching(/^phases\.0\.closes：关闭时间是 2030年.*；应晚于该阶段的开放时间 2030年.*。$/)]);
    expect(await listEnglish(organiser)).toEqual([]);
    await takePicture(organiser, 'organise-settings-refused-zh');
    expect(await findBarriers(organiser)).toEqual([]);
  });

  it('mails in the language of the page, whatever the browser’s is', async () => {
    const visitor = await people.visit('/forgot-password');
    await visitor.getByRole('combobox', { name: 'Language' }).selectOption('zh');
    await visitor.getByLabel('电子邮箱').fill('lin@example.org');
    await visitor.locator('form button[type=submit]').click();
    const mail = people.outbox.getByRole('region', { name: '设置新的 Holdout 密码' });
    await mail.getByRole('link').waitFor({ timeout: 60_000 });
    expect(await mail.textContent()).toContain('Lin，您好');
  });

  it('refuses a form in Chinese', async () => {
    await page.goto(`${standalone.address}/teams`);
    await page.getByLabel('团队名称').fill('Team Lin');
    await page.getByRole('button', { name: '创建团队' }).click();
    await page.getByRole('alert').getByText(words.errors.team_name_taken.title).waitFor();
    await page.getByRole('alert').getByText(words.errors.team_name_taken.next).waitFor();
    expect(await listEnglish()).toEqual([]);
  });
});
