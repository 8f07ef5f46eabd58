import { spawn } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeFolder } from './testing/make-folder.js';
import { runHoldout } from './testing/run-holdout.js';

const bin = fileURLToPath(new URL('../bin/holdout.js', import.meta.url));
const demo = fileURLToPath(new URL('../../../packages/baseline/demo/onnx', import.meta.url));
const commands = [
  'login',
  'logout',
  'whoami',
  'check',
  'pack',
  'submit',
  'status',
  'logs',
  'cancel',
  'leaderboard',
  'score',
  'receipt',
  'verify',
];

describe('help', () => {
  it('names every command, with examples and exit codes', async () => {
    const { exitCode, stdout } = await runHoldout(['--help']);
    expect(exitCode).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    expect(stdout).toMatch(/Examples:/);
    expect(stdout).toMatch(/Exit code: 0 for success only/);
  });

  it.each(commands)('of %s has an example', async (command) => {
    const { exitCode, stdout } = await runHoldout([command, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples?:\\n {2}holdout ${command}`));
    expect(stdout).toContain('--json');
  });
});

describe('a command line that is wrong', () => {
  it.each([
    [[]],
    [['no-such-command']],
    [['check']],
    [['score', '--labels', 'labels.csv']],
    [['leaderboard', '--no-such-option']],
    [['check', demo, '--time-limit-seconds', 'soon']],
    [['status', '--follow']],
    [['leaderboard', '--server', 'localhost:8080']],
  ])('%j has the exit code 2, and says what to type', async (argv) => {
    const { exitCode, stdout, stderr } = await runHoldout(argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/holdout|--server/);
    const asJson = await runHoldout([...argv, '--json']);
    expect([asJson.exitCode, asJson.stderr]).toEqual([2, '']);
    expect(JSON.parse(asJson.stdout).error).toMatchObject({ code: 'usage', next: expect.stringMatching(/\w/) });
  });

  it('names the variable that holds an address which is none', async () => {
    const { exitCode, stderr } = await runHoldout(['leaderboard'], { environment: { HOLDOUT_SERVER: 'nowhere' } });
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'The server’s address is “nowhere”; expected one such as http://127.0.0.1:8080.\nCorrect HOLDOUT_SERVER.\n',
    );
  });
});

describe('without a server', () => {
  const id = '7c1fd1c6-5b0b-4f0e-8f6e-5b1b0f6f1f11';

  it.each([
    [['leaderboard']],
    [['status', id]],
    [['status', id, '--follow']],
    [['cancel', id]],
    [['submit', demo, '--competition', 'mura', '--phase', 'test', '--token', 'secret']],
  ])('%j says which address, and what to type', async (argv) => {
    // Nothing listens there. Not port 1, which fetch itself refuses.
    const server = 'http://127.0.0.1:2';
    const environment = { HOLDOUT_SERVER: server };
    const { exitCode, stdout, stderr } = await runHoldout(argv, { environment });
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      `The server ${server} can’t be reached: nothing listens there.\n` +
        'Start one here with npm start, or name another by --server or HOLDOUT_SERVER.\n',
    );
  });

  it('a bundle is checked before its token and the server are asked for', async () => {
    const { exitCode, stderr } = await runHoldout(['submit', await makeFolder(), '--phase', 'test']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/holdout\.json/);
    const withoutToken = await runHoldout(['submit', demo, '--phase', 'test']);
    expect(withoutToken.exitCode).toBe(1);
    expect(withoutToken.stderr).toMatch(/^This needs a token.*\n.*holdout login.*HOLDOUT_TOKEN/);
  });
});

it('says so where it has not been built', async () => {
  const folder = await makeFolder();
  await mkdir(join(folder, 'bin'));
  await cp(bin, join(folder, 'bin', 'holdout.mjs'));
  const { exitCode, stderr } = await runNode([join(folder, 'bin', 'holdout.mjs')]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/not been built yet.*npm run build/);
});

it('ends without a word where its reader has had enough', async () => {
  const { exitCode, stderr } = await runNode([bin, 'score', '--help'], (child) => child.stdout.destroy());
  expect([exitCode, stderr]).toEqual([0, '']);
});

function runNode(argv: string[], onStart: (child: ReturnType<typeof start>) => void = () => {}) {
  const child = start(argv);
  onStart(child);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  return new Promise<{ exitCode: number | null; stderr: string }>((done) => {
    child.once('close', (exitCode) => done({ exitCode, stderr }));
  });
}

function start(argv: string[]) {
  return spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
}
