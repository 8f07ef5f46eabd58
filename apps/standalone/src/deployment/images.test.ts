import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { evaluatorUrl, prepareDatabase } from '@holdout/api';
import { findFreePort, type LocalPostgres, startLocalPostgres } from '@holdout/local-postgres';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { provideDemoCompetition } from '../demo/competition.js';
import { submitDemoBundles } from '../demo/submit-bundles.js';
import { openBuilder } from './testing/build-image.js';
import { type Compose, readCompose, readSecret } from './testing/read-compose.js';
import { imageAccount, type RunningService, runService } from './testing/run-service.js';

const run = promisify(execFile);
const buildMilliseconds = 600_000;

let workshop: string;
let compose: Compose;
let postgres: LocalPostgres;
beforeAll(async () => {
  workshop = await mkdtemp(join(tmpdir(), 'holdout-images-'));
  await mkdir(join(workshop, 'compose'));
  compose = await readCompose(join(workshop, 'compose'));
  postgres = await startLocalPostgres({ directory: join(workshop, 'postgres') });
});
afterAll(async () => {
  await postgres?.stop();
  await rm(workshop, { recursive: true, force: true });
});

it('builds every image of its own Dockerfile, and they evaluate and score a submission as docker-compose.yml starts them', {
  timeout: 2 * buildMilliseconds,
}, async () => {
  const buildApi = await openBuilder('apps/api/Dockerfile', await makeFolder('api'));
  const buildWorker = await openBuilder('apps/worker/Dockerfile', await makeFolder('worker'));
  const roots = {
    api: await buildApi(null),
    evaluate: await buildWorker('evaluate'),
    score: await buildWorker('score'),
  };
  await postgres.ensureDatabase('holdout');
  const databaseUrl = postgres.url('holdout');
  const redisUrl = await startRedisOfCompose();
  const secrets = await readSecrets(databaseUrl, redisUrl);
  const storageDirectory = join(workshop, 'storage');
  const volumes = { '/var/lib/holdout/storage': storageDirectory };
  const port = await findFreePort();
  const environment = {
    ...{ HOLDOUT_PORT: String(port), HOLDOUT_HOST: '127.0.0.1', HOLDOUT_PUBLIC_URL: undefined },
    ...onDisk,
    // All are in one network here, where they can't listen at the same port.
    ...{ HOLDOUT_METRICS_HOST: undefined, HOLDOUT_METRICS_PORT: undefined },
  };
  const start = async (name: string, root: string): Promise<RunningService> => {
    const service = compose.services[name];
    if (!service) throw new Error(`docker-compose.yml has no service ${name}.`);
    const folder = await makeFolder(`run-${name}`);
    const running = await runService({ service, root, folder, secrets, environment, volumes });
    onTestFinished(async () => void (await running.stop()));
    return running;
  };

  const prepared = await start('prepare', roots.api);
  expect(await prepared.ended, prepared.output()).toBe(0);
  expect(prepared.output()).toContain('operator@example.org is a site administrator now');

  const api = await start('api', roots.api);
  const address = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${address}/api/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  await expect.poll(isReady, { timeout: 60_000 }).toBe(true);
  const page = await fetch(address);
  expect(await page.text()).toContain('<div id="root">');

  const parts = { address, databaseUrl, storageDirectory, dataDirectory: workshop };
  const demo = await provideDemoCompetition(parts);
  await run('chown', ['--recursive', `${imageAccount}:${imageAccount}`, storageDirectory]);
  const [evaluate, score] = [await start('evaluate-cpu', roots.evaluate), await start('score', roots.score)];
  await submitDemoBundles(address, demo);
  // As docs/workers.md says of a worker in a container.
  expect(evaluate.output()).toMatch(/"limits":"rlimits".*bundles run in a sandbox/);
  const board = await fetch(`${address}/api/competitions/mura/phases/test/leaderboard`);
  const { entries } = (await board.json()) as { entries: { kind: string; score: unknown }[] };
  expect(entries.filter(({ kind }) => kind === 'team')).toHaveLength(4);

  // A stop ends each in order, within the time that docker-compose.yml gives it.
  expect(await Promise.all([api, evaluate, score].map((each) => each.stop()))).toEqual([0, 0, 0]);
  for (const { output } of [api, evaluate, score]) expect(output()).toContain('stopping');
});

it('makes and brings back a backup, as docker-compose.yml starts the service admin', {
  timeout: buildMilliseconds,
}, async () => {
  const root = await (await openBuilder('apps/cli/Dockerfile', await makeFolder('cli')))(null);
  await postgres.ensureDatabase('backed_up');
  await postgres.ensureDatabase('again');
  await prepareDatabase({ databaseUrl: postgres.url('backed_up'), evaluatorPassword: 'as before' });
  const backups = await makeFolder('backups');
  const holdoutAdmin = async (databaseUrl: string, ...command: string[]): Promise<string> => {
    const service = { ...compose.services.admin, command };
    const running = await runService({
      ...{ service, root, folder: await makeFolder(`run-admin-${command[0]}`), environment: onDisk },
      secrets: {
        database_url: databaseUrl,
        evaluator_password: await readSecret(join(workshop, 'compose'), 'evaluator_password'),
      },
      volumes: { '/backups': backups },
    });
    expect(await running.ended, running.output()).toBe(0);
    return running.output();
  };
  const [, path = ''] =
    /Backed up in (\S+)/.exec(await holdoutAdmin(postgres.url('backed_up'), 'backup', '/backups')) ?? [];
  expect(await readdir(join(workshop, path))).toContain('manifest.json');
  expect(await holdoutAdmin(postgres.url('again'), 'restore', path)).toContain('Restored as of');
});

/** Storage on a disk: there is no S3 server here. */
const onDisk = {
  ...{ HOLDOUT_S3_BUCKET: undefined, HOLDOUT_S3_ENDPOINT: undefined },
  ...{ HOLDOUT_S3_ACCESS_KEY_ID_FILE: undefined, HOLDOUT_S3_SECRET_ACCESS_KEY_FILE: undefined },
};

async function makeFolder(name: string): Promise<string> {
  const folder = join(workshop, name);
  await mkdir(folder);
  return folder;
}

/** Those that make-secrets.mjs wrote, at the addresses of this test. */
async function readSecrets(databaseUrl: string, redisUrl: string): Promise<Record<string, string>> {
  const read = (name: string) => readSecret(join(workshop, 'compose'), name);
  const evaluatorPassword = await read('evaluator_password');
  return {
    database_url: databaseUrl,
    evaluator_password: evaluatorPassword,
    evaluator_database_url: evaluatorUrl(databaseUrl, evaluatorPassword),
    redis_url: redisUrl,
    auth_secret: await read('auth_secret'),
    administrator_password: await read('administrator_password'),
  };
}

/** This machine's Redis by the command of docker-compose.yml; the address has the password that it asks for. */
async function startRedisOfCompose(): Promise<string> {
  const [program = '', ...argv] = compose.services.redis?.command ?? [];
  const port = await findFreePort();
  const secretFile = join(workshop, 'compose/secrets/redis_conf');
  const own = argv.map((word) => word.replace('/run/secrets/redis_conf', secretFile));
  const folder = join(workshop, 'redis');
  await mkdir(folder);
  const server = spawn(program, [...own, '--port', String(port), '--bind', '127.0.0.1', '--dir', folder]);
  onTestFinished(async () => {
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
  });
  let output = '';
  server.stdout.on('data', (chunk) => (output += String(chunk)));
  await expect.poll(() => output, { timeout: 30_000 }).toContain('Ready to accept connections');
  const url = new URL(await readFile(join(workshop, 'compose/secrets/redis_url'), 'utf8'));
  url.host = `127.0.0.1:${port}`;
  return url.href;
}
