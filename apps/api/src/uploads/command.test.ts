import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { submissionSchema } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { runCommand } from '../testing/run-command.js';
import { seedCompetition } from '../testing/seed-competition.js';
import { startServerProcess } from '../testing/start-process.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let token: string;
let folder: string;
beforeAll(async () => {
  server = await startTestServer();
  token = (await seedCompetition(server)).alpha.token;
  folder = await mkdtemp(join(tmpdir(), 'holdout-test-'));
  await writeFile(
    join(folder, 'large.zip'),
    await packFiles({ ...tfjsFiles(), 'padding.bin': randomBytes(24_000_000) }),
  );
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** A link to a server that can be another one later. It calls `onBytes` with how much has gone to the server in all. */
async function startLink(address: () => string, onBytes: (bytes: number) => 'cut' | 'pass') {
  let bytes = 0;
  const link: Server = createServer((client) => {
    const { hostname, port } = new URL(address());
    const upstream = connect(Number(port), hostname);
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    client.on('error', cut).on('close', cut);
    upstream.on('error', cut).on('close', cut);
    client.on('data', (chunk) => {
      bytes += chunk.length;
      if (onBytes(bytes) === 'cut') cut();
      else if (!upstream.write(chunk)) {
        client.pause();
        upstream.once('drain', () => client.resume());
      }
    });
    upstream.on('data', (chunk) => client.write(chunk));
  });
  await new Promise<void>((done) => link.listen(0, '127.0.0.1', done));
  onTestFinished(() => void link.close());
  const found = link.address();
  if (found === null || typeof found === 'string') throw new Error('No port.');
  return `http://127.0.0.1:${found.port}`;
}

it('holdout submit gets a large bundle through a link that breaks and a server that is killed, once', async () => {
  const storageDirectory = join(folder, 'storage');
  let running = await startServerProcess(server, { storageDirectory });
  onTestFinished(() => running.end('SIGKILL'));
  const happened: string[] = [];
  const once = (what: string) => !happened.includes(what) && happened.push(what) > 0;
  const restart = async () => {
    await running.end('SIGKILL');
    running = await startServerProcess(server, { storageDirectory });
  };
  const url = await startLink(
    () => running.url,
    (bytes) => {
      if (bytes > 5_000_000 && once('cut')) return 'cut';
      if (bytes > 12_000_000 && once('killed')) void restart();
      return 'pass';
    },
  );
  const command = ['submit', join(folder, 'large.zip'), '--competition', 'mura', '--phase', 'test'];
  const options = { server: url, token, home: folder };
  const { exitCode, stdout, stderr } = await runCommand([...command, '--skip-check', '--json'], options);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('The connection is lost')]);
  expect(stderr.match(/Connected again/g)?.length).toBeGreaterThanOrEqual(2);
  expect(submissionSchema.parse(JSON.parse(stdout))).toMatchObject({ state: 'queued', phase: 'test' });
  expect(happened).toEqual(['cut', 'killed']);
  expect(await server.database.selectFrom('submissions').select('id').execute()).toHaveLength(1);
});

it('holdout submit that was killed goes on where it was when it is typed again, and enters the bundle once', {
  timeout: 120_000,
}, async () => {
  const home = await mkdtemp(join(folder, 'home-'));
  const before = await server.database.selectFrom('submissions').select('id').execute();
  const file = join(folder, 'killed.zip');
  const bundle = await packFiles({ ...tfjsFiles(), 'padding.bin': randomBytes(24_000_000) });
  await writeFile(file, bundle);
  const argv = ['submit', file, '--competition', 'mura', '--phase', 'test', '--skip-check', '--json'];
  let [sentBytes, isKilled] = [0, false];
  const kill = new AbortController();
  const url = await startLink(
    () => server.url,
    (bytes) => {
      sentBytes = bytes;
      if (bytes > 14_000_000 && !isKilled) {
        isKilled = true;
        kill.abort();
      }
      return 'pass';
    },
  );
  const options = { server: url, token, home };
  await runCommand(argv, { ...options, killedBy: kill.signal });
  expect(isKilled).toBe(true);
  const kept = join(home, '.local/state/holdout/uploads');
  const [name = ''] = await readdir(kept);
  expect((await stat(join(kept, name))).mode & 0o777).toBe(0o600);
  const beforeAgain = sentBytes;
  const { exitCode, stdout, stderr } = await runCommand(argv, options);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('Going on with an upload that was begun before')]);
  expect(submissionSchema.parse(JSON.parse(stdout))).toMatchObject({ bundleSizeBytes: bundle.length });
  // All but what was on its way when it was killed was kept.
  expect(sentBytes - beforeAgain).toBeLessThan(bundle.length - 10_000_000);
  expect(await server.database.selectFrom('submissions').select('id').execute()).toHaveLength(before.length + 1);
  expect(await readdir(kept)).toEqual([]);
});

it('holdout submit shows every reason of a refusal that came after the last byte', async () => {
  const manifest = JSON.stringify({ name: 'x', engine: 'tfjs', model: 'absent.json' });
  const bad = await packFiles({ ...tfjsFiles(), 'holdout.json': manifest, 'padding.bin': randomBytes(9_000_000) });
  await writeFile(join(folder, 'bad.zip'), bad);
  const command = ['submit', join(folder, 'bad.zip'), '--competition', 'mura', '--phase', 'test', '--skip-check'];
  const { exitCode, stderr } = await runCommand(command, { server: server.url, token, home: folder });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/absent\.json/);
});
