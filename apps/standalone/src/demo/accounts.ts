import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOrganiserToken, createTeamWithToken, type Provisioning } from '@holdout/api';
import { demoBundles } from '@holdout/baseline';

/** Who may do what in the demo, and with which token. */
export interface DemoAccounts {
  /** The team that the person at the terminal may use. */
  yours: { team: string; token: string };
  organiser: string;
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
    const accounts: DemoAccounts = JSON.parse(await readFile(path, 'utf8'));
    await enter(provisioning, accounts);
    return accounts;
  }
  const yours = await createTeamWithToken(provisioning, { team: yourTeam });
  const organiser = await createOrganiserToken(provisioning);
  const teams = [];
  for (const { team } of demoBundles) {
    const { token } = await createTeamWithToken(provisioning, { team });
    teams.push({ team, token });
  }
  const accounts = { yours: { team: yourTeam, token: yours.token }, organiser: organiser.token, teams };
  await writeFile(`${path}.unfinished`, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.unfinished`, path);
  return accounts;
}

/** A database that was made anew learns the tokens that were handed out before. */
async function enter(provisioning: Provisioning, accounts: DemoAccounts): Promise<void> {
  for (const { team, token } of [accounts.yours, ...accounts.teams]) {
    await createTeamWithToken(provisioning, { team, token });
  }
  await createOrganiserToken(provisioning, { token: accounts.organiser });
}
