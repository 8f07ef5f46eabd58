import { spawnSync } from 'node:child_process';
import { cp, link, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../testing/make-folder.js';
import { runHoldout } from '../testing/run-holdout.js';

const demo = (slug: string) => fileURLToPath(new URL(`../../../../packages/baseline/demo/${slug}`, import.meta.url));
const sample = fileURLToPath(new URL('../../sample/MURA-v1.1/valid', import.meta.url));

/** A copy of a demo bundle with another manifest. */
async function makeBundle(slug: string, change: Record<string, unknown>): Promise<string> {
  const folder = join(await makeFolder(), 'bundle');
  await cp(demo(slug), folder, { recursive: true });
  const path = join(folder, 'holdout.json');
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...change }));
  return folder;
}

describe('where bubblewrap does not work', () => {
  const command = fileURLToPath(new URL('../../bin/holdout.js', import.meta.url));
  /** In a mount namespace where another program stands in bubblewrap's place. */
  const check = (folder: string, environment: Record<string, string> = {}) => {
    const script = 'mount --bind /bin/false "$(command -v bwrap)" && exec "$@"';
    const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
    const argv = [...asRoot, '--mount', 'sh', '-c', script, 'sh', process.execPath, command, 'check', folder];
    const { PATH = '' } = process.env;
    const env = { PATH, HOME: '/nonexistent', ...environment };
    const { status, stdout, stderr } = spawnSync('unshare', argv, { encoding: 'utf8', env });
    return { status, stdout, stderr };
  };

  it('tries a model without a sandbox only where that is asked for by name', () => {
    const unasked = check(demo('onnx'));
    expect(unasked).toMatchObject({ status: 1, stderr: expect.stringMatching(/bubblewrap.*HOLDOUT_SANDBOX=none/s) });
    expect(unasked.stdout).not.toContain('It runs.');
    const asked = check(demo('onnx'), { HOLDOUT_SANDBOX: 'none' });
    expect(asked).toMatchObject({ status: 0, stdout: expect.stringMatching(/runs without a sandbox[\s\S]*It runs\./) });
  });

  it('never tries a program without one', async () => {
    const folder = join(await makeFolder(), 'program');
    await mkdir(join(folder, 'src'), { recursive: true });
    await writeFile(join(folder, 'src', 'predict.py'), '');
    const { status, stderr } = check(folder, { HOLDOUT_SANDBOX: 'none' });
    expect([status, stderr]).toEqual([1, expect.stringContaining('bubblewrap does not work on this machine')]);
    expect(stderr).not.toContain('HOLDOUT_SANDBOX=none');
  });
});

describe('a bundle that is good', () => {
  it.each(['onnx', 'tfjs'])('%s: is run on the sample that comes along, and scored', async (slug) => {
    const { exitCode, stdout, stderr } = await runHoldout(['check', demo(slug)]);
    expect(stderr).toMatch(/^Images: 25 of 25$/m);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^“.*” \((onnx|tfjs), input \d+×\d+×[13]\) is valid\.$/m);
    expect(stdout.match(/^MURA-v1\.1\/valid\/XR_.* +[01]\.\d{3} +(normal|abnormal) +(normal|abnormal)/gm)).toHaveLength(
      14,
    );
    expect(stdout).toMatch(/^Kappa on the sample: -?\d\.\d{3} \(\d+ of 14 right\)$/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
    expect(stdout + stderr).not.toMatch(/\u001b/);
  });

  it('prints one JSON value, whatever the bundle prints', async () => {
    const { exitCode, stdout } = await runHoldout(['check', demo('onnx'), '--json']);
    expect(exitCode).toBe(0);
    const result = JSON.parse(stdout);
    expect(result.manifest.engine).toBe('onnx');
    expect(result.predictions).toHaveLength(14);
    expect(result.score.studies).toBe(14);
    for (const { probability, label, gold } of result.predictions) {
      expect(probability).toBeGreaterThanOrEqual(0);
      expect(label).toBe(probability > result.manifest.threshold ? 1 : 0);
      expect([0, 1]).toContain(gold);
    }
  });

  it('is warned of what looks wrong, as the server’s check would', async () => {
    const { exitCode, stdout } = await runHoldout(['check', await makeBundle('onnx', { threshold: 1 })]);
    expect(exitCode).toBe(0);
    expect(stdout.match(/^Warning: .*/gm)).toEqual([
      'Warning: Every sample study is called normal. Is the threshold right?',
    ]);
  });

  it('runs on other studies, scores those whose label is told, and leaves nothing behind', async () => {
    const studies = await makeFolder();
    const temporary = await makeFolder();
    await cp(join(sample, 'XR_WRIST'), join(studies, 'XR_WRIST'), { recursive: true });
    const [first = ''] = await readdir(join(studies, 'XR_WRIST'));
    const [suffixed = ''] = await readdir(join(studies, 'XR_WRIST', first));
    await rename(join(studies, 'XR_WRIST', first, suffixed), join(studies, 'XR_WRIST', first, 'study1'));
    await writeFile(join(studies, 'XR_WRIST', first, 'study1', '._image1.png'), 'what macOS adds');
    const environment = { TMPDIR: temporary };
    const { exitCode, stdout } = await runHoldout(['check', demo('onnx'), '--sample', studies], { environment });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\/study1 .* –$/m);
    expect(stdout).toMatch(/of 1 right/);
    expect(await readdir(temporary)).toEqual([]);
  });
});

describe('a bundle that is not', () => {
  it('is refused with every problem and what to do next, before it is run', async () => {
    const bundle = await makeBundle('onnx', { input: { width: 7, colour: 'grey' }, threshold: 2 });
    const { exitCode, stdout, stderr } = await runHoldout(['check', bundle]);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr.match(/^ {2}• holdout\.json/gm)?.length).toBeGreaterThanOrEqual(3);
    expect(stderr.trimEnd()).toMatch(/Correct the field that is named\.$/);
  });

  it('is refused as JSON where that was asked for', async () => {
    const bundle = await makeBundle('onnx', { model: 'other.onnx' });
    const { exitCode, stdout } = await runHoldout(['check', bundle, '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'model_missing',
      next: expect.any(String),
      problems: [{ file: 'holdout.json', field: 'model' }],
    });
  });

  it('may fail while it runs, and says why', async () => {
    const late = await runHoldout(['check', demo('onnx'), '--time-limit-seconds', '0.01', '--json']);
    expect(late.exitCode).toBe(1);
    expect(JSON.parse(late.stdout).error.code).toBe('time_limit_exceeded');
  });
});

describe('a sample that is not good', () => {
  it('has no study', async () => {
    const { exitCode, stderr } = await runHoldout(['check', demo('onnx'), '--sample', await makeFolder()]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/has no study with a picture\.\n.*--sample DIR/);
  });

  it('has a picture that is none, which is named', async () => {
    const studies = await makeFolder();
    const study = join(studies, 'XR_HAND', 'patient1', 'study1');
    await mkdir(study, { recursive: true });
    await writeFile(join(study, 'image1.png'), 'not a picture');
    const { exitCode, stdout } = await runHoldout(['check', demo('onnx'), '--sample', studies, '--json']);
    expect(exitCode).toBe(1);
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe('sample_invalid');
    expect(error.title).toContain(join(study, 'image1.png'));
  });
});

describe('Ctrl-C ends the run at once, and leaves nothing behind', () => {
  /** Presses it at the first word of the run. */
  const expectInterrupted = async (argv: readonly string[]) => {
    const temporary = await makeFolder();
    let sent = false;
    const { exitCode, stdout, stderr } = await runHoldout(['check', ...argv, '--json'], {
      environment: { TMPDIR: temporary },
      onStderr(_text, kill) {
        if (!sent) kill('SIGINT');
        sent = true;
      },
    });
    expect(exitCode, stderr).toBe(130);
    expect(JSON.parse(stdout).error.code).toBe('interrupted');
    expect(await readdir(temporary)).toEqual([]);
  };

  it('of a model', async () => {
    const studies = await makeFolder();
    const study = join(studies, 'XR_WRIST', 'patient1', 'study1');
    await cp(join(sample, 'XR_WRIST', 'patient00011', 'study1_negative'), study, { recursive: true });
    // More than are predicted from the first quarter of them until the signal arrives.
    for (let view = 100; view < 8100; view += 1) await link(join(study, 'image1.png'), join(study, `image${view}.png`));
    await expectInterrupted([demo('tfjs'), '--sample', studies]);
  });

  it('of a program', async () => {
    const source = "import time\nprint('It begins.', flush=True)\ntime.sleep(600)";
    const bundle = join(await makeFolder(), 'bundle');
    await mkdir(join(bundle, 'src'), { recursive: true });
    await writeFile(join(bundle, 'src', 'predict.py'), source);
    await expectInterrupted([bundle]);
  });
});
