import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../testing/run-command.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { walkEvaluation } from '../testing/walk-evaluation.js';

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

it('is downloaded by the command and checked by it without the server', async () => {
  const team = { cwd: folder, server: server.url, token: seeded.alpha.token };
  const written = await runCommand(['receipt', submissionId, '-o', 'a.json'], team);
  expect([written.exitCode, written.stderr]).toEqual([0, '']);
  expect(written.stdout).toContain('holdout verify a.json');
  // Not over what is there already, and to standard output the very same.
  expect((await runCommand(['receipt', submissionId, '-o', 'a.json'], team)).stderr).toContain('exists already');
  const printed = await runCommand(['receipt', submissionId], team);
  expect(printed.stdout).toBe(await readFile(join(folder, 'a.json'), 'utf8'));

  await writeFile(join(folder, 'key.json'), await (await server.request('/api/installation/key')).text());
  const offline = { cwd: folder, server: 'http://127.0.0.1:1' };
  expect(await runCommand(['verify', 'a.json', '--key', 'key.json'], offline)).toMatchObject({
    exitCode: 0,
    stderr: '',
  });
  await writeFile(join(folder, 'b.json'), printed.stdout.replace('"alpha"', '"beta"'));
  expect(await runCommand(['verify', 'b.json', '--key', 'key.json'], offline)).toMatchObject({
    exitCode: 1,
    stdout: '',
  });
});

it('is refused to another team, and before there is a score', async () => {
  const other = { cwd: folder, server: server.url, token: seeded.beta.token };
  const refused = await runCommand(['receipt', submissionId], other);
  expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
  expect(refused.stderr).toContain('There is no such submission for this token.');
  const waiting = await seedSubmission(server, seeded.beta.teamId, { name: 'waiting' });
  const early = await runCommand(['receipt', waiting], other);
  expect([early.exitCode, early.stderr]).toEqual([
    1,
    expect.stringContaining('or none that its team is told. It is queued.'),
  ]);
});
