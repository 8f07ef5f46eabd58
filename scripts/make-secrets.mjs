// Makes what docker-compose.yml needs and nobody should choose: passwords and keys, each in a file of `secrets/`, and
// `.env`. What is there already is kept, so that it may be run again.
//
//   node scripts/make-secrets.mjs --domain holdout.example.org --administrator you@example.org
//   node scripts/make-secrets.mjs --anew auth_secret        another one in its place; docs/operations.md says what then
//
// Plain Node and no dependency: a server that only runs images has none.

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const usage = `Usage: node scripts/make-secrets.mjs --domain DOMAIN --administrator ADDRESS [--directory .] [--anew NAME …]`;

/** Those that are made at random, and those that are written of them. */
const random = {
  postgres_password: 24,
  evaluator_password: 24,
  redis_password: 24,
  auth_secret: 48,
  s3_access_key: 15,
  s3_secret_key: 30,
  administrator_password: 15,
};
const derived = {
  database_url: ({ postgres_password }) => `postgres://holdout:${postgres_password}@postgres:5432/holdout`,
  evaluator_database_url: ({ evaluator_password }) =>
    `postgres://holdout_evaluator:${evaluator_password}@postgres:5432/holdout`,
  redis_conf: ({ redis_password }) => `requirepass ${redis_password}`,
  redis_url: ({ redis_password }) => `redis://:${redis_password}@redis:6379`,
};

makeSecrets(readOptions());

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        domain: { type: 'string' },
        administrator: { type: 'string' },
        directory: { type: 'string', default: '.' },
        anew: { type: 'string', multiple: true, default: [] },
      },
    });
    for (const name of values.anew) {
      if (!(name in random)) throw new Error(`--anew ${name}: choose of ${Object.keys(random).join(', ')}.`);
    }
    if (!existsSync(join(values.directory, '.env'))) {
      if (!/^[a-z0-9.-]+$/i.test(values.domain ?? ''))
        throw new Error('--domain is the name that people open, without https://.');
      if (!/^\S+@\S+$/.test(values.administrator ?? '')) throw new Error('--administrator is an e-mail address.');
    }
    return values;
  } catch (error) {
    process.stderr.write(`${error.message}\n${usage}\n`);
    process.exit(1);
  }
}

function makeSecrets({ domain, administrator, directory, anew }) {
  const folder = join(directory, 'secrets');
  // Nobody else on this machine may enter it. The files themselves may be read by all, since the accounts of the
  // containers, which see only their own, are none of this machine's.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [before, after] = [{}, {}];
  for (const name of Object.keys(random)) {
    const path = join(folder, name);
    if (existsSync(path)) before[name] = readFileSync(path, 'utf8');
    after[name] = before[name] && !anew.includes(name) ? before[name] : randomBytes(random[name]).toString('base64url');
    if (after[name] !== before[name]) write(path, after[name], 0o444);
  }
  for (const [name, derive] of Object.entries(derived)) {
    const path = join(folder, name);
    const known = existsSync(path) ? readFileSync(path, 'utf8') : null;
    const text = known === null ? derive(after) : replaceSecrets(known, before, after);
    if (text !== known) write(path, text, 0o444);
  }
  const settings = join(directory, '.env');
  if (!existsSync(settings)) {
    write(settings, `HOLDOUT_DOMAIN=${domain}\nHOLDOUT_ADMINISTRATOR_EMAIL=${administrator}\n`, 0o600);
  }
}

/** Names of machines that somebody has changed in it stay. */
function replaceSecrets(text, before, after) {
  return Object.keys(before).reduce((replaced, name) => replaced.replaceAll(before[name], after[name]), text);
}

/** Whole or not at all, and never over a file that is half written. */
function write(path, text, mode) {
  rmSync(`${path}.unfinished`, { force: true });
  writeFileSync(`${path}.unfinished`, text, { mode, flag: 'wx' });
  renameSync(`${path}.unfinished`, path);
  process.stdout.write(`${path}\n`);
}
