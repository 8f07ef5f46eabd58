import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDataDirectory, type Standalone, startStandalone } from './run-standalone.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const holdout = fileURLToPath(new URL('../node_modules/.bin/holdout', import.meta.url));

let first: Awaited<ReturnType<typeof makeDataDirectory>>;
let second: typeof first;
let backups: string;
let standalone: Standalone | undefined;
beforeAll(async () => {
  first = await makeDataDirectory();
  second = await makeDataDirectory();
  backups = await mkdtemp(join(tmpdir(), 'holdout-backups-'));
});
afterAll(async () => {
  await standalone?.interrupt();
  for (const { remove } of [first, second]) await remove();
  await rm(backups, { recursive: true, force: true });
});

const token = (output: string) => /your team +(holdout_\S+)/.exec(output)?.[1] ?? '';
const command = async (argv: string[], environment: NodeJS.ProcessEnv = {}) =>
  await run(process.execPath, [holdout, ...argv], { cwd: root, env: { ...process.env, ...environment } });

interface Board {
  entries: { rank: number | null; rankInterval: object | null }[];
}

/** A board whose places it has been worked out how sure they are, which comes a little after the scores. */
async function settledBoard(address: string): Promise<Board> {
  let board: Board = { entries: [] };
  const isSettled = async () => {
    board = await (await fetch(`${address}/api/competitions/mura/phases/test/leaderboard`)).json();
    return (
      board.entries.length > 0 &&
      board.entries.every(({ rank, rankInterval }) => rank === null || rankInterval !== null)
    );
  };
  await expect.poll(isSettled, { timeout: 60_000, interval: 500 }).toBe(true);
  return board;
}

it('brings a running installation back in an empty folder: the same board, tokens that still let in, and work that goes on', async () => {
  standalone = await startStandalone({ dataDirectory: first.path });
  await standalone.printed(/Ctrl-C/, 400);
  const before = await settledBoard(standalone.address);
  const teamToken = token(standalone.output());
  const { stdout } = await command(['admin', 'backup', backups, '--data', first.path, '--json']);
  const { path, blobs } = JSON.parse(stdout) as { path: string; blobs: number };
  expect(blobs).toBeGreaterThan(500);
  await standalone.interrupt();

  const missing = command(['admin', 'backup', backups, '--data', first.path]);
  await expect(missing).rejects.toMatchObject({ stderr: expect.stringContaining('No `npm start` runs on') });

  standalone = await startStandalone({ dataDirectory: second.path, restore: path });
  await standalone.printed(/Ctrl-C/, 400);
  expect(standalone.output()).toContain('Restored as of ');
  expect(standalone.output()).not.toContain('Drawing the hidden test studies');
  expect((await settledBoard(standalone.address)).entries).toEqual(before.entries);

  const bundle = join(root, 'packages/baseline/demo/weak');
  const environment = { HOLDOUT_SERVER: standalone.address, HOLDOUT_TOKEN: teamToken };
  const submitted = await command(['submit', bundle, '--phase', 'practice', '--wait', '--json'], environment);
  expect(JSON.parse(submitted.stdout)).toMatchObject({ state: 'scored' });
}, 600_000);
