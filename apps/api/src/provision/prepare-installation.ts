import { setTimeout as sleep } from 'node:timers/promises';
import { HoldoutError } from '@holdout/contracts';
import { addInstallationKey, type Database, findUserByEmail, openDatabase, readInstallationKey } from '@holdout/db';
import { makeKeyPair } from '@holdout/receipts';
import type { PrepareConfig } from './prepare-config.js';
import { prepareDatabase } from './prepare-database.js';
import { provideSiteAdmin } from './provide-user.js';

const pauseMilliseconds = 500;

/**
 * Makes an installation ready to serve: the tables and the queue as this release has them, the evaluating worker's role
 * with its password, the key that receipts are signed by, and the first site administrator. Run it before each start of
 * a release; what is there already stays.
 *
 * @param say - hears a sentence of each step
 * @throws Error with a sentence for the operator where Postgres does not answer in time, refuses us, or a migration fails
 */
export async function prepareInstallation(config: PrepareConfig, say: (sentence: string) => void): Promise<void> {
  const { databaseUrl, evaluatorPassword, administrator, newInstallationKey, waitSeconds } = config;
  const database = openDatabase({ url: databaseUrl, applicationName: 'holdout-prepare', maxConnections: 1 });
  try {
    await waitForPostgres(database, waitSeconds, say);
    await prepareDatabase({ databaseUrl, evaluatorPassword });
    say('The tables, the queue and the role holdout_evaluator are as this release has them.');
    if (newInstallationKey) await addInstallationKey(database, makeKeyPair());
    const { keyId } = await readInstallationKey(database, makeKeyPair);
    say(`Receipts are signed by the key ${keyId}.`);
    if (administrator) say(await provideAdministrator(database, administrator));
  } finally {
    await database.close();
  }
}

async function waitForPostgres(database: Database, seconds: number, say: (sentence: string) => void): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (let first = true; ; first = false) {
    try {
      return await database.ping();
    } catch (error) {
      if (!(error instanceof HoldoutError)) throw explainRefusal(error);
      if (performance.now() >= deadline) {
        const cause = error.cause instanceof Error ? error.cause.message : String(error.cause);
        throw new Error(
          `Postgres did not answer within ${seconds} s (${cause}): is it running, and is the address in HOLDOUT_DATABASE_URL right?`,
          { cause: error },
        );
      }
      if (first) say('Waiting for Postgres …');
    }
    await sleep(pauseMilliseconds);
  }
}

const refusals: Readonly<Record<string, string>> = {
  '28P01': 'the user or the password in HOLDOUT_DATABASE_URL is wrong',
  '28000': 'pg_hba.conf does not let this user in from here',
  '3D000': 'the database that HOLDOUT_DATABASE_URL names does not exist: make it by createdb',
};

function explainRefusal(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const sentence = refusals[String(error.code)];
  return sentence ? new Error(`Postgres refuses the connection: ${sentence}.`, { cause: error }) : error;
}

/** Nobody who has an account gets other rights or another password by it: the server may have changed them since. */
async function provideAdministrator(
  database: Database,
  person: NonNullable<PrepareConfig['administrator']>,
): Promise<string> {
  const { email } = person;
  const known = await findUserByEmail(database, email);
  if (known?.siteAdmin) return `${email} is a site administrator already, with the password that they have.`;
  if (known) return `${email} has an account here that is no site administrator’s. It is left as it is.`;
  await provideSiteAdmin({ database }, person);
  return `${email} is a site administrator now, with the password of HOLDOUT_ADMINISTRATOR_PASSWORD.`;
}
