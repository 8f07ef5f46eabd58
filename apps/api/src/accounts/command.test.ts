import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  meSchema,
  participationSchema,
  personalTokenListSchema,
  submissionSchema,
  teamSchema,
} from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Browser, signUp } from '../testing/browser.js';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { runCommand } from '../testing/run-command.js';
import { seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const command = fileURLToPath(new URL('../../../cli/bin/holdout.js', import.meta.url));

let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await startTestServer();
  await seedCompetition(server);
  folder = await mkdtemp(join(tmpdir(), 'holdout-test-'));
  await writeFile(join(folder, 'model.zip'), await packFiles(tfjsFiles()));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Types `holdout login`, and confirms its code in a browser where the person is signed in. */
async function login(browser: Browser, home: string): Promise<{ exitCode: number | null; stdout: string }> {
  const env = { PATH: process.env.PATH ?? '', HOME: home, HOLDOUT_SERVER: server.url };
  const child = spawn(process.execPath, [command, 'login'], { env });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  await expect.poll(() => said.stderr, { timeout: 20_000 }).toMatch(/confirm the code/);
  const address = new URL(/Open (\S+)/.exec(said.stderr)?.[1] ?? '');
  expect(address.origin + address.pathname).toBe(`${server.url}/device`);
  const userCode = address.searchParams.get('user_code') ?? '';
  expect(said.stderr).toContain(`confirm the code ${userCode} there`);
  await browser.send('GET', `/api/auth/device?user_code=${userCode}`);
  expect((await browser.send('POST', '/api/auth/device/approve', { userCode })).status).toBe(200);
  return { exitCode: await ended, stdout: said.stdout };
}

it('two people log in, make a team, take part, submit, and log out again, by the command alone', async () => {
  const [adasHome, gracesHome] = [join(folder, 'ada'), join(folder, 'grace')];
  const [ada, grace] = [
    await signUp(server, 'ada@example.org', 'Ada'),
    await signUp(server, 'grace@example.org', 'Grace'),
  ];
  for (const [browser, home, name] of [
    [ada, adasHome, 'Ada <ada@example.org>'],
    [grace, gracesHome, 'Grace <grace@example.org>'],
  ] as const) {
    expect(await login(browser, home)).toEqual({ exitCode: 0, stdout: `Logged in to ${server.url} as ${name}.\n` });
    expect((await stat(join(home, '.config', 'holdout', 'credentials.json'))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(home, '.config', 'holdout'))).toEqual(['credentials.json']);
  }
  const run = async <T extends z.ZodType>(home: string, schema: T, ...argv: string[]): Promise<z.infer<T>> => {
    const { exitCode, stdout } = await runCommand([...argv, '--json'], { server: server.url, home });
    expect([exitCode, argv, stdout]).toEqual([0, argv, expect.any(String)]);
    return schema.parse(JSON.parse(stdout));
  };
  const refuse = async (home: string, ...argv: string[]) => {
    const { exitCode, stderr } = await runCommand(argv, { server: server.url, home });
    expect(exitCode).not.toBe(0);
    return stderr;
  };

  expect(await refuse(adasHome, 'submit', join(folder, 'model.zip'), '--phase', 'test')).toMatch(
    /holdout competition join/,
  );
  await run(adasHome, teamSchema, 'team', 'create', 'The Readers');
  await run(adasHome, teamSchema, 'team', 'invite', 'grace@example.org');
  expect(await refuse(adasHome, 'team', 'create', 'The Readers')).toMatch(/Choose another name/);
  await run(gracesHome, teamSchema, 'team', 'accept', 'The Readers');
  expect(await refuse(gracesHome, 'competition', 'join', '--accept-rules', '99')).toMatch(/--accept-rules 1$/m);
  expect(await refuse(adasHome, 'team', 'leave')).toMatch(/needs an owner/);
  expect(await refuse(gracesHome, 'competition', 'join', '--accept-rules', '1')).toMatch(/owner/);
  const joined = await run(adasHome, participationSchema, 'competition', 'join', 'mura', '--accept-rules', '1');
  expect(joined.team.name).toBe('The Readers');
  const members = await run(adasHome, teamSchema, 'team', 'members');
  expect(members.members.map(({ name, role }) => `${name} ${role}`).sort()).toEqual(['Ada owner', 'Grace member']);

  const submitted = await run(gracesHome, submissionSchema, 'submit', join(folder, 'model.zip'), '--phase', 'test');
  expect(submitted.team).toBe('The Readers');
  const seen = await run(adasHome, submissionSchema, 'status', submitted.id);
  expect(seen.id).toBe(submitted.id);

  const { tokens } = await run(adasHome, personalTokenListSchema, 'token', 'list');
  expect(tokens.map(({ name, scope }) => `${name}, ${scope}`)).toEqual(['login of holdout-cli, submit']);
  expect(await refuse(adasHome, 'token', 'create', 'ci')).toContain(`${server.url}/account`);

  await run(gracesHome, z.object({ left: z.object({ name: z.literal('The Readers') }) }), 'team', 'leave');
  const file = await readFile(join(adasHome, '.config', 'holdout', 'credentials.json'), 'utf8');
  const [token = ''] = /holdout_[\w-]+/.exec(file) ?? [];
  expect((await server.request('/api/me', { token })).status).toBe(200);
  await run(adasHome, z.object({ wasLoggedIn: z.literal(true) }), 'logout');
  expect((await server.request('/api/me', { token })).status).toBe(401);
  expect(await refuse(adasHome, 'whoami')).toMatch(/holdout login/);
  expect((await run(gracesHome, meSchema, 'whoami')).teams).toEqual([]);
  // Some twenty starts of the command.
}, 180_000);

it('two teams become one', async () => {
  const home = join(folder, 'kay');
  await login(await signUp(server, 'kay@example.org', 'Kay'), home);
  const run = async (...argv: string[]) => await runCommand(argv, { server: server.url, home });
  for (const name of ['Day', 'Night']) expect((await run('team', 'create', name)).exitCode).toBe(0);
  expect((await run('team', 'list')).stdout).toMatch(/^(Day|Night) \(owner\)\n(Day|Night) \(owner\)\n$/);
  expect((await run('team', 'merge', '--team', 'Night', '--into', 'Day')).stdout).toMatch(/“Day” has 1 members now/);
  expect((await run('team', 'list')).stdout).toBe('Day (owner)\n');
});
