import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

const command = fileURLToPath(new URL('../../../cli/bin/holdout.js', import.meta.url));
let server: TestServer;
let seeded: SeededCompetition;
let submissionId: string;
let folder: string;

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  submissionId = await seedSubmission(server, seeded.alpha.teamId, { name: 'alpha' });
  await walkEvaluation(server.database, submissionId);
  folder = await mkdtemp(join(tmpdir(), 'holdout-receipts-'));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function holdout(argv: string[], environment: Record<string, string>) {
  const env = { PATH: process.env.PATH ?? '', ...environment };
  const run = promisify(execFile)(process.execPath, [command, ...argv], { cwd: folder, env });
  return await run.then(
    ({ stdout, stderr }) => ({ exitCode: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ exitCode: code, stdout, stderr }),
  );
}

it('is downloaded by the command and checked by it without the server', async () => {
  const team = { HOLDOUT_SERVER: server.url, HOLDOUT_TOKEN: seeded.alpha.token };
  const written = await holdout(['receipt', submissionId, '-o', 'a.json'], team);
  expect([written.exitCode, written.stderr]).toEqual([0, '']);
  expect(written.stdout).toContain('holdout verify a.json');
  // Not over what is there already, and to standard output the very same.
  expect((await holdout(['receipt', submissionId, '-o', 'a.json'], team)).stderr).toContain('exists already');
  const printed = await holdout(['receipt', submissionId], team);
  expect(printed.stdout).toBe(await readFile(join(folder, 'a.json'), 'utf8'));

  await writeFile(join(folder, 'key.json'), await (await server.request('/api/installation/key')).text());
  const offline = { HOLDOUT_SERVER: 'http://127.0.0.1:1' };
  expect(await holdout(['verify', 'a.json', '--key', 'key.json'], offline)).toMatchObject({ exitCode: 0, stderr: '' });
  await writeFile(join(folder, 'b.json'), printed.stdout.replace('"alpha"', '"beta"'));
  expect(await holdout(['verify', 'b.json', '--key', 'key.json'], offline)).toMatchObject({ exitCode: 1, stdout: '' });
});

it('is refused to another team, and before there is a score', async () => {
  const other = { HOLDOUT_SERVER: server.url, HOLDOUT_TOKEN: seeded.beta.token };
  const refused = await holdout(['receipt', submissionId], other);
  expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
  expect(refused.stderr).toContain('There is no such submission for this token.');
  const waiting = await seedSubmission(server, seeded.beta.teamId, { name: 'waiting' });
  const early = await holdout(['receipt', waiting], other);
  expect([early.exitCode, early.stderr]).toEqual([1, expect.stringContaining('has no score. It is queued.')]);
});
