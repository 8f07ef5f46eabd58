import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOrganiserToken, createTeamWithToken, type Provisioning, provideSiteAdmin } from '@holdout/api';
import { demoBundles } from '@holdout/baseline';

/** Who may do what in the demo, and with which token. */
export interface DemoAccounts {
  /** The team that the person at the terminal may use. */
  yours: { team: string; token: string };
  organiser: string;
  /** Who signs in on the pages, runs the installation, and reads its outbox. */
  administrator: { name: string; email: string; password: string };
  /** The teams that enter the demo bundles. */
  teams: { team: string; token: string }[];
}

const yourTeam = 'Your team';

/**
 * The demo's teams and their tokens: made at the first start, the same at every later one. They are kept in a file
 * that only its owner may read, since the database holds no token but its hash.
 */
export async function provideAccounts(provisioning: Provisioning, dataDirectory: string): Promise<DemoAccounts> {
  const path = join(dataDirectory, 'demo-accounts.json');
  if (existsSync(path)) {
    const kept: Omit<DemoAccounts, 'administrator'> & Partial<DemoAccounts> = JSON.parse(await readFile(path, 'utf8'));
    const accounts = { ...kept, administrator: kept.administrator ?? makeAdministrator() };
    await enter(provisioning, accounts);
    if (!kept.administrator) await keep(path, accounts);
    return accounts;
  }
  const yours = await createTeamWithToken(provisioning, { team: yourTeam });
  const organiser = await createOrganiserToken(provisioning);
  const teams = [];
  for (const { team } of demoBundles) {
    const { token } = await createTeamWithToken(provisioning, { team });
    teams.push({ team, token });
  }
  const administrator = makeAdministrator();
  await provideSiteAdmin(provisioning, administrator);
  const accounts = { yours: { team: yourTeam, token: yours.token }, organiser: organiser.token, administrator, teams };
  await keep(path, accounts);
  return accounts;
}

function makeAdministrator(): DemoAccounts['administrator'] {
  return {
    name: 'Administrator',
    email: 'administrator@holdout.example',
    password: randomBytes(12).toString('base64url'),
  };
}

async function keep(path: string, accounts: DemoAccounts): Promise<void> {
  await writeFile(`${path}.unfinished`, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.unfinished`, path);
}

/** A database that was made anew learns the tokens that were handed out before. */
async function enter(provisioning: Provisioning, accounts: DemoAccounts): Promise<void> {
  for (const { team, token } of [accounts.yours, ...accounts.teams]) {
    await createTeamWithToken(provisioning, { team, token });
  }
  await createOrganiserToken(provisioning, { token: accounts.organiser });
  await provideSiteAdmin(provisioning, accounts.administrator);
}
