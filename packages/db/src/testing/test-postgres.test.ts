import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-test-of-tests-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A test's process, with its server in `folder`. */
async function startProcess(end: string) {
  const module = new URL('../../dist/testing/test-postgres.js', import.meta.url).href;
  const script = `
    const { startTestPostgres } = await import(${JSON.stringify(module)});
    const postgres = await startTestPostgres();
    console.log((await postgres.createDatabase()).ownerUrl);
    ${end}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data).trim())));
  return { child, exited, url };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

it('leaves no server and no folder when it is stopped, and lets its process end', async () => {
  const { url, exited } = await startProcess('await postgres.stop();');
  expect(await exited).toBe(0);
  expect(await answers(url)).toBe(false);
  expect(await readdir(folder)).toEqual([]);
});

it('leaves no server and no folder when its process is killed', async () => {
  const { url, child, exited } = await startProcess('setInterval(() => {}, 1000);');
  expect(await answers(url)).toBe(true);
  const [made] = await readdir(folder);
  child.kill('SIGKILL');
  await exited;
  await vi.waitFor(async () => expect(await answers(url)).toBe(false), 20_000);
  await vi.waitFor(() => expect(existsSync(join(folder, made ?? ''))).toBe(false), 20_000);
});
