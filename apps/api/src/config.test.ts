import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from './config.js';

const complete = {
  HOLDOUT_DATABASE_URL: 'postgres://u:secret@127.0.0.1:5432/h',
  HOLDOUT_STORAGE_DIRECTORY: '/data',
  HOLDOUT_AUTH_SECRET: 'a secret of the tests, of some length',
};

describe('the configuration', () => {
  it('fills in what is not set', () => {
    const config = readConfig(complete);
    expect(config).toMatchObject({ host: '127.0.0.1', port: 8080, logLevel: 'info', redisUrl: undefined });
    expect(config.databaseUrl).toBe(complete.HOLDOUT_DATABASE_URL);
  });

  it('takes an empty REDIS_URL for none', () => {
    expect(readConfig({ ...complete, REDIS_URL: '' }).redisUrl).toBeUndefined();
  });

  it('takes a secret from the file that its variable names, and says where there is none', () => {
    const { HOLDOUT_AUTH_SECRET: secret, ...others } = complete;
    const folder = mkdtempSync(join(tmpdir(), 'holdout-config-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'auth_secret');
    writeFileSync(path, `${secret}\n`);
    expect(readConfig({ ...others, HOLDOUT_AUTH_SECRET_FILE: path }).accounts.secret).toBe(secret);
    expect(() => readConfig({ ...others, HOLDOUT_AUTH_SECRET_FILE: `${path}s` })).toThrow(
      `The API can’t start: HOLDOUT_AUTH_SECRET_FILE names ${path}s, which can’t be read (ENOENT).`,
    );
  });

  it('has archives on the disk where the storage is a bucket, and outside of a storage that workers read', () => {
    expect(readConfig(complete).scratchDirectory).toBe(tmpdir());
    expect(readConfig({ ...complete, HOLDOUT_S3_BUCKET: 'holdout' }).scratchDirectory).toBe('/data/scratch');
    expect(readConfig({ ...complete, HOLDOUT_SCRATCH_DIRECTORY: '/large' }).scratchDirectory).toBe('/large');
  });

  it('finds the pages beside the API', () => {
    // Seen from src here and from dist in the program: both are one folder below apps/api.
    expect(existsSync(`${readConfig(complete).pagesDirectory}/index.html`)).toBe(true);
  });

  it('names every variable that is missing', () => {
    expect(() => readConfig({})).toThrow(
      'The API can’t start: HOLDOUT_DATABASE_URL is not set; HOLDOUT_STORAGE_DIRECTORY is not set; ' +
        'HOLDOUT_AUTH_SECRET is not set.',
    );
  });

  it.each([
    ['HOLDOUT_PORT', '80a'],
    ['HOLDOUT_PORT', '70000'],
    ['HOLDOUT_DATABASE_URL', 'mysql://u:secret@host/db'],
    ['REDIS_URL', 'http://u:secret@host'],
    ['REDIS_URL', 'redis+cluster://u:secret@one:6379,two:x'],
    ['HOLDOUT_LOG_LEVEL', 'loud'],
    ['HOLDOUT_PUBLIC_URL', 'ftp://secret'],
    ['HOLDOUT_AUTH_SECRET', 'secret'],
    ['HOLDOUT_SMTP_URL', 'http://u:secret@host'],
    ['HOLDOUT_OIDC_ISSUER', 'the secret'],
    ['HOLDOUT_REQUIRE_TWO_FACTOR', 'secretly'],
  ])('refuses %s=%s and does not repeat the value', (name, value) => {
    const read = () => readConfig({ ...complete, [name]: value });
    expect(read).toThrow(`${name} is wrong`);
    expect(read).not.toThrow(/secret/);
  });

  it.each([
    [{ HOLDOUT_SMTP_URL: 'smtp://mail' }, 'HOLDOUT_MAIL_FROM is not set, and HOLDOUT_SMTP_URL is'],
    [{ HOLDOUT_OIDC_ISSUER: 'https://id' }, 'HOLDOUT_OIDC_CLIENT_ID is not set, and HOLDOUT_OIDC_ISSUER is'],
  ])('refuses a half of what belongs together', (half, words) => {
    expect(() => readConfig({ ...complete, ...half })).toThrow(words);
  });

  it('takes the public address from where it listens, or from its variable', () => {
    expect(readConfig({ ...complete, HOLDOUT_HOST: '0.0.0.0', HOLDOUT_PORT: '9' }).accounts).toMatchObject({
      publicUrl: 'http://127.0.0.1:9',
      otherNamesAllowed: true,
    });
    expect(readConfig({ ...complete, HOLDOUT_PUBLIC_URL: 'https://holdout.example/' }).accounts).toMatchObject({
      publicUrl: 'https://holdout.example',
      otherNamesAllowed: false,
    });
  });
});
