import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../sandbox/create-sandbox.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import { makeContainerImage, type TestImage } from '../testing/make-container-image.js';
import { runProgram, testStudies, wellBehaved } from '../testing/run-program.js';

let sandbox: Sandbox;
let image: TestImage;
beforeAll(async () => {
  image = await makeContainerImage();
});
afterAll(() => image.remove());

const run = (source: string, options: Parameters<typeof runProgram>[2] = {}) =>
  runProgram(sandbox, wellBehaved + source, options);

describe.each(['bubblewrap', 'container'] as const)('the official contract in %s', (kind) => {
  beforeAll(async () => {
    sandbox = await createSandbox({ kind, container: image.container });
  });

  it('starts in a folder with src/ and the tree of images, and takes the list in order', async () => {
    const { result, log, fault } = await run(`
print(sorted(os.listdir('.')), os.getcwd(), sys.argv)
print(open(sys.argv[1]).read())
print(all(open(path).read() == 'pixels of a hidden image' for path in paths))
predict(0.75)`);
    expect(fault).toBeNull();
    expect(log).toContain("['.tmp', 'MURA-v1.1', 'src', 'valid_image_paths.csv'] /work");
    expect(log).toContain("['src/predict.py', 'valid_image_paths.csv', 'predictions.csv']");
    const list = testStudies.flatMap((study) => [`${study}/image1.png`, `${study}/image2.png`]);
    expect(log).toContain(list.join('\n'));
    expect(log).toContain('True');
    expect(result?.missing).toEqual([]);
    expect(result?.predictions).toEqual(
      testStudies.map((study) => ({ study, probability: 0.75, label: 1, imageProbabilities: [] })),
    );
  });

  it('takes labels as labels, and a command that says python', async () => {
    const { result } = await run("predict('1.0')", {
      manifest: { command: ['python', 'src/predict.py', '{images_csv}', '{predictions_csv}'] },
    });
    expect(result?.predictions.map(({ probability, label }) => [probability, label])).toEqual(Array(3).fill([null, 1]));
  });

  it('gives the program the environment of its manifest and nothing of ours', async () => {
    process.env.HOLDOUT_TEST_SECRET = 'secret';
    const { log } = await run('print(sorted(os.environ.items()))\npredict()', {
      manifest: { environment: { MODE: 'x' } },
    });
    const plain = '/usr/local/bin:/usr/bin:/bin:/opt/holdout/bin';
    const path = kind === 'bubblewrap' ? plain : plain.replaceAll(/(\/(?:usr\/local\/|usr\/|))bin:/g, '$1sbin:$1bin:');
    const expected = [
      ['HOME', '/work'],
      ['LANG', 'C.UTF-8'],
      ['MODE', 'x'],
      ['PATH', path],
      ['PWD', '/work'],
      ['PYTHONUNBUFFERED', '1'],
    ];
    const seen = [...log.matchAll(/\('(\w+)', '([^']*)'\)/g)].map(([, name, value]) => [name, value]);
    expect(seen.filter(([name]) => name !== 'LC_CTYPE')).toEqual([...expected, ['TMPDIR', '/work/.tmp']]);
  });

  it('may open what it prints to by name', async () => {
    const source = "for name in ('stdout', 'stderr'): open('/dev/' + name, 'w').write(name + '\\n')\npredict()";
    expect(await run(source)).toMatchObject({ fault: null, log: 'stdout\nstderr' });
  });

  it('may write beside its own files, and change them, also where they are links', async () => {
    const source = `
for name in ('src/cache/x', 'src/new.txt', 'out/y'):
    os.makedirs(os.path.dirname(name), exist_ok=True)
    open(name, 'w').write('x')
from helper import value
print(value, open('src/weights').read(4), os.path.islink('src/weights'))
predict()`;
    const files = { 'src/helper.py': 'value = 7\n', 'src/weights': 'wwww'.repeat(2 ** 18) };
    const small = await run(source, { files });
    expect(small).toMatchObject({ fault: null, log: '7 wwww False' });
    const large = await run(source, { files, limits: { scratchSizeBytes: 2 ** 21 } });
    expect(large).toMatchObject({ fault: null, log: '7 wwww True' });
  });

  it('names the studies without a prediction and leaves the judgement to others', async () => {
    const { result } = await run('studies.pop()\npredict()');
    expect(result?.missing).toEqual(testStudies.slice(2));
    expect(result?.predictions).toHaveLength(2);
  });

  it('rejects a program that fails, with its exit code, and its log', async () => {
    const { fault, log } = await run("raise ValueError('no weights')");
    expect(fault).toMatchObject({ code: 'command_failed', detail: 'It ended with the exit code 1.' });
    expect(fault?.sentences).toEqual([{ name: 'ended_by_exit_code', values: { exitCode: '1' } }]);
    expect(log).toContain('ValueError: no weights');
    const missing = await run('', { manifest: { command: ['no-such-program', '{images_csv}', '{predictions_csv}'] } });
    expect(missing.fault?.detail).toMatch(/exit code 127: a program that it names was not found/);
    expect(missing.log).toContain('no-such-program');
  });

  it('shows each line when it is printed, also a progress bar’s', async () => {
    const seenAt: number[] = [];
    const onLog = () => seenAt.push(performance.now());
    const source = `
import time
sys.stderr.write('10%\\r20%\\r')
sys.stderr.flush()
time.sleep(5)
print('done', flush=True)
predict()`;
    const { log } = await run(source, { onLog });
    expect(log.split('\n')).toEqual(['10%', '20%', 'done']);
    expect((seenAt[2] ?? 0) - (seenAt[0] ?? 0)).toBeGreaterThan(700);
  });

  it('ends with its cancellation, long before its program would', async () => {
    const controller = new AbortController();
    const onLog = () => controller.abort(new Error('cancelled by its team'));
    const source = 'import time\nprint("here", flush=True)\ntime.sleep(600)';
    await expect(run(source, { signal: controller.signal, onLog })).rejects.toThrow('cancelled by its team');
  });

  it('does not start where its team cancelled it while its images were laid out', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const check = signal.throwIfAborted.bind(signal);
    // When it was looked at, and before it is listened to.
    signal.throwIfAborted = () => {
      check();
      controller.abort(new Error('cancelled by its team'));
      signal.throwIfAborted = check;
    };
    const lines: string[] = [];
    const cancelled = run('print("here")', { signal, onLog: (line) => lines.push(line) });
    await expect(cancelled).rejects.toThrow('cancelled by its team');
    expect(lines).toEqual([]);
  });
});
