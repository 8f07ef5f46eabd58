import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOrganiserToken, createTeamWithToken, type Provisioning, provideSiteAdmin } from '@holdout/api';
import { demoBundles } from '@holdout/baseline';

/** Who may do what in the demo, and by which token or password. */
export interface DemoAccounts {
  /** The team that the person at the terminal may use. */
  yours: { team: string; token: string };
  organiser: string;
  /** The teams that enter the demo bundles. */
  teams: { team: string; token: string }[];
  /** The people who can sign in: a site administrator, and the owner of `yours`. */
  people: { siteAdmin: DemoPerson; you: DemoPerson };
}

export interface DemoPerson {
  name: string;
  email: string;
  password: string;
}

interface ProvidedAccounts {
  accounts: DemoAccounts;
  /** Whether the people’s passwords were made now. */
  anew: boolean;
}

const yourTeam = 'Your team';

/**
 * The demo's teams and people with their tokens and passwords: made at the first start, the same at every later one. They
 * are kept in a file that only its owner may read, since the database holds nothing but their hashes. The owner of your
 * team is made later, when there is a competition to take part in.
 */
export async function provideAccounts(provisioning: Provisioning, dataDirectory: string): Promise<ProvidedAccounts> {
  const path = join(dataDirectory, 'demo-accounts.json');
  const kept = existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as Partial<DemoAccounts>) : {};
  const accounts = await complete(provisioning, kept);
  // Also where an earlier version wrote it, which knew of no people.
  await writeFile(`${path}.unfinished`, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.unfinished`, path);
  // Passwords that were made now are the ones that hold: the file was lost where the people are known.
  const anew = kept.people === undefined;
  await provideSiteAdmin(provisioning, { ...accounts.people.siteAdmin, anew });
  return { accounts, anew };
}

/** A database that was made anew learns the tokens that were handed out before. */
async function complete(provisioning: Provisioning, kept: Partial<DemoAccounts>): Promise<DemoAccounts> {
  const provideTeam = async (team: string, token: string | undefined) => ({
    team,
    token: (await createTeamWithToken(provisioning, { team, ...(token ? { token } : {}) })).token,
  });
  const teams = [];
  for (const { team } of demoBundles) {
    teams.push(await provideTeam(team, kept.teams?.find((known) => known.team === team)?.token));
  }
  const { organiser: token } = kept;
  return {
    yours: await provideTeam(yourTeam, kept.yours?.token),
    organiser: (await createOrganiserToken(provisioning, token ? { token } : {})).token,
    teams,
    people: kept.people ?? {
      siteAdmin: makePerson('Organiser', 'organiser@example.org'),
      you: makePerson('You', 'you@example.org'),
    },
  };
}

function makePerson(name: string, email: string): DemoPerson {
  return { name, email, password: randomBytes(12).toString('base64url') };
}
