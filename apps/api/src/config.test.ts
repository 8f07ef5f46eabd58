import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.js';

const complete = { HOLDOUT_DATABASE_URL: 'postgres://u:secret@127.0.0.1:5432/h', HOLDOUT_STORAGE_DIRECTORY: '/data' };

describe('the configuration', () => {
  it('fills in what is not set', () => {
    const config = readConfig(complete);
    expect(config).toMatchObject({ host: '127.0.0.1', port: 8080, logLevel: 'info', redisUrl: undefined });
    expect(config.databaseUrl).toBe(complete.HOLDOUT_DATABASE_URL);
  });

  it('takes an empty REDIS_URL for none', () => {
    expect(readConfig({ ...complete, REDIS_URL: '' }).redisUrl).toBeUndefined();
  });

  it('finds the pages beside the API', () => {
    // Seen from src here and from dist in the program: both are one folder below apps/api.
    expect(existsSync(`${readConfig(complete).pagesDirectory}/index.html`)).toBe(true);
  });

  it('names every variable that is missing', () => {
    expect(() => readConfig({})).toThrow(
      'The API can’t start: HOLDOUT_DATABASE_URL is not set; HOLDOUT_STORAGE_DIRECTORY is not set.',
    );
  });

  it.each([
    ['HOLDOUT_PORT', '80a'],
    ['HOLDOUT_PORT', '70000'],
    ['HOLDOUT_DATABASE_URL', 'mysql://u:secret@host/db'],
    ['REDIS_URL', 'http://u:secret@host'],
    ['HOLDOUT_LOG_LEVEL', 'loud'],
  ])('refuses %s=%s and does not repeat the value', (name, value) => {
    const read = () => readConfig({ ...complete, [name]: value });
    expect(read).toThrow(`${name} is wrong`);
    expect(read).not.toThrow(/secret/);
  });
});
