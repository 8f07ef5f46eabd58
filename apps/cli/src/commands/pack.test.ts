import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkBundle } from '@holdout/bundle';
import { openBundlePath } from '@holdout/bundle/node';
import { expect, it } from 'vitest';
import { makeFolder } from '../testing/make-folder.js';
import { runHoldout } from '../testing/run-holdout.js';

const demo = fileURLToPath(new URL('../../../../packages/baseline/demo/onnx', import.meta.url));

it('writes an archive that passes the same checks, and the same bytes each time', async () => {
  const cwd = await makeFolder();
  await cp(demo, join(cwd, 'my-model'), { recursive: true });
  const { exitCode, stdout } = await runHoldout(['pack', 'my-model'], { cwd });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^my-model\.zip: “/);
  const opened = await openBundlePath(join(cwd, 'my-model.zip'));
  const { manifest } = await checkBundle(opened);
  await opened.close();
  expect(manifest.engine).toBe('onnx');
  const again = await runHoldout(['pack', 'my-model', '-o', 'other.zip', '--json'], { cwd });
  const result = JSON.parse(again.stdout);
  expect(result).toMatchObject({ archive: 'other.zip', manifest: { engine: 'onnx' } });
  expect(result.archiveSizeBytes).toBe((await stat(join(cwd, 'other.zip'))).size);
  expect(await readFile(join(cwd, 'other.zip'))).toEqual(await readFile(join(cwd, 'my-model.zip')));
});

it('packs a program without a manifest as it is', async () => {
  const cwd = await makeFolder();
  await mkdir(join(cwd, 'mine/src'), { recursive: true });
  await writeFile(join(cwd, 'mine/src/go.py'), 'print(1)\n');
  const { exitCode, stdout } = await runHoldout(['pack', 'mine'], { cwd });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^mine\.zip: “src\/go\.py” \(command\)/);
  const opened = await openBundlePath(join(cwd, 'mine.zip'));
  expect(opened.files.map(({ path }) => path)).toEqual(['src/go.py']);
  await opened.close();
  await writeFile(join(cwd, 'mine/src/other.py'), 'print(2)\n');
  const refused = await runHoldout(['pack', 'mine', '--force'], { cwd });
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/“src\/go\.py”, “src\/other\.py”.*holdout\.json such as/);
});

it('overwrites only with --force', async () => {
  const cwd = await makeFolder();
  await writeFile(join(cwd, 'kept.zip'), 'precious');
  const refused = await runHoldout(['pack', demo, '-o', 'kept.zip'], { cwd });
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/kept\.zip exists already\.\n.*--force/);
  expect(await readFile(join(cwd, 'kept.zip'), 'utf8')).toBe('precious');
  expect((await runHoldout(['pack', demo, '-o', 'kept.zip', '--force'], { cwd })).exitCode).toBe(0);
  expect((await stat(join(cwd, 'kept.zip'))).size).toBeGreaterThan(1000);
  expect(await readdir(cwd)).toEqual(['kept.zip']);
});

it('writes nothing where the folder is no bundle, and takes no older archive away', async () => {
  const cwd = await makeFolder();
  await mkdir(join(cwd, 'empty'));
  await writeFile(join(cwd, 'empty.zip'), 'precious');
  const { exitCode, stderr } = await runHoldout(['pack', 'empty', '--force'], { cwd });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/holdout\.json/);
  expect(await readFile(join(cwd, 'empty.zip'), 'utf8')).toBe('precious');
  expect((await readdir(cwd)).sort()).toEqual(['empty', 'empty.zip']);
});

it('does not pack an archive into itself, nor an archive', async () => {
  const cwd = join(await makeFolder(), 'my-model');
  await cp(demo, cwd, { recursive: true });
  const inside = await runHoldout(['pack', '.'], { cwd });
  expect(inside.exitCode).toBe(2);
  expect(inside.stderr).toMatch(/-o \.\.\/my-model\.zip$/m);
  expect((await runHoldout(['pack', '.', '-o', '../my-model.zip'], { cwd })).exitCode).toBe(0);
  const archive = await runHoldout(['pack', '../my-model.zip', '-o', '../other.zip'], { cwd });
  expect(archive.exitCode).toBe(2);
  expect(archive.stderr).toMatch(/holdout submit \.\.\/my-model\.zip/);
});
