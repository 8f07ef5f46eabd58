import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { validate } from 'dockerfile-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from './testing/build-image.js';
import { type Compose, makeSecrets, readCompose, readSecret } from './testing/read-compose.js';
import { findLast, readDockerfile } from './testing/read-dockerfile.js';

const run = promisify(execFile);
const byDigest = /^docker\.io\/[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/;

let folder: string;
let compose: Compose;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-compose-'));
  compose = await readCompose(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('docker-compose.yml, as docker-compose reads it', () => {
  it('has every part', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      ...['admin', 'api', 'evaluate-cpu', 'evaluate-gpu', 'postgres', 'prepare', 'proxy', 'redis', 's3', 'score'],
    ]);
    expect(compose.services.api?.deploy?.replicas).toBe(2);
    expect(compose.services.redis?.command?.join(' ')).toContain('--appendonly yes');
  });

  it('gives no container a file system to write to, a capability, or the engine’s socket', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      expect({ name, ...service }).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
      expect(service.security_opt, name).toContain('no-new-privileges:true');
      expect(service.privileged, name).toBeUndefined();
      expect(service.cap_add ?? [], name).toEqual(name === 'proxy' ? ['NET_BIND_SERVICE'] : []);
    }
    expect(compose.text).not.toContain('docker.sock');
  });

  it('lets only the proxy be reached, and cuts the workers off from outside', () => {
    for (const [name, { ports, networks }] of Object.entries(compose.services)) {
      expect(ports !== undefined, name).toBe(name === 'proxy');
      const outside = name === 'proxy' || name === 'api';
      expect(Object.keys(networks ?? {}).includes('edge'), name).toBe(outside);
    }
    expect(compose.networks.data).toMatchObject({ internal: true });
  });

  it('shows no secret, and each only to whom it concerns', async () => {
    const names = (await readdir(join(folder, 'secrets'))).filter((name) => name !== 'redis_conf');
    expect(names).toHaveLength(10);
    for (const name of names) expect(compose.text).not.toContain(await readSecret(folder, name));
    const secretsOf = (name: string) => compose.services[name]?.secrets?.map(({ source }) => source).sort();
    const ofEvaluators = ['evaluator_database_url', 'redis_url', 's3_access_key', 's3_secret_key'];
    for (const name of ['evaluate-cpu', 'evaluate-gpu']) expect(secretsOf(name)).toEqual(ofEvaluators);
  });

  it('takes every image that is not built here by its digest', () => {
    const foreign = Object.values(compose.services).filter(({ build }) => build === undefined);
    expect(foreign).toHaveLength(4);
    for (const { image } of foreign) expect(image).toMatch(byDigest);
  });
});

describe.each(['apps/api/Dockerfile', 'apps/cli/Dockerfile', 'apps/worker/Dockerfile'])('%s', (file) => {
  it('has nothing that Docker’s language server finds fault with', async () => {
    expect(validate(await readFile(join(repository, file), 'utf8'))).toEqual([]);
  });

  it('begins with images by digest, and ends as an account without a name', async () => {
    const dockerfile = readDockerfile(await readFile(join(repository, file), 'utf8'));
    const names = dockerfile.stages.map(({ name }) => name);
    for (const { base, name } of dockerfile.stages)
      if (!names.includes(base)) expect(base, name ?? '').toMatch(byDigest);
    const targets = Object.values(compose.services).filter(({ build }) => build?.dockerfile === file);
    expect(targets.length).toBeGreaterThan(0);
    for (const { build } of targets) expect(findLast(dockerfile, build?.target ?? null, 'USER')).toBe('10001:10001');
  });
});

describe('make-secrets.mjs', () => {
  it('lets nobody else on the machine read what it makes', async () => {
    expect((await stat(join(folder, 'secrets'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600);
  });

  it('keeps what is there, and makes anew what is asked for, with all that it stands in', async () => {
    const read = async () => {
      const names = await readdir(join(folder, 'secrets'));
      return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readSecret(folder, name)])));
    };
    const before = await read();
    await makeSecrets(folder, ['--domain', 'another.example.org']);
    expect(await read()).toEqual(before);
    expect(await readFile(join(folder, '.env'), 'utf8')).toContain('holdout.example.org');
    const redisUrl = join(folder, 'secrets/redis_url');
    const moved = (before.redis_url ?? '').replace('@redis:', '@redis.example.org:');
    await rm(redisUrl);
    await writeFile(redisUrl, moved);
    await makeSecrets(folder, ['--anew', 'redis_password']);
    const after = await read();
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(changed.sort()).toEqual(['redis_conf', 'redis_password', 'redis_url']);
    expect(after.redis_url).toBe(`redis://:${after.redis_password}@redis.example.org:6379`);
  });

  it('says what it needs to know', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'holdout-secrets-'));
    const failure = async (argv: string[]) =>
      await makeSecrets(empty, argv).then(
        () => 'nothing',
        (error: { stderr: string }) => error.stderr,
      );
    expect(await failure([])).toContain('--domain is the name that people open');
    expect(await failure(['--domain', 'https://a.example.org'])).toContain('--domain is the name');
    expect(await failure(['--domain', 'a.example.org', '--administrator', 'me'])).toContain(
      '--administrator is an e-mail',
    );
    expect(await failure(['--anew', 'everything'])).toContain('choose of postgres_password');
    expect(await readdir(empty)).toEqual([]);
    await rm(empty, { recursive: true });
  });
});

it('has units that systemd finds no fault with', async () => {
  const units = (await readdir(join(repository, 'deploy/systemd'))).map((name) =>
    join(repository, 'deploy/systemd', name),
  );
  expect(units).toHaveLength(4);
  const { stderr } = await run('systemd-analyze', ['verify', ...units]);
  expect(stderr.split('\n').filter((line) => line.includes('holdout'))).toEqual([]);
});
