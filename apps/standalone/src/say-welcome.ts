import { leaderboardSchema } from '@holdout/contracts';
import type { DemoAccounts, DemoPerson } from './demo/accounts.js';
import { createHttpClient } from './http-client.js';
import { say } from './say.js';

/** Who can sign in already, while the demo competition is still being made or scored. */
export function sayPerson(role: 'siteAdmin' | 'you', { people }: DemoAccounts): void {
  say(describePerson(role, people[role]));
}

/** The end of the start: the board as it stands, where it is, who may do what, and what to type next. */
export async function sayWelcome(address: string, accounts: DemoAccounts): Promise<void> {
  const path = '/api/competitions/mura/phases/test/leaderboard';
  const { entries } = leaderboardSchema.parse(await createHttpClient(address).get(path));
  say('\nHidden test set, 207 studies\n');
  say('  Rank  Kappa   Model');
  for (const { rank, score, name, team, bestReader } of entries) {
    const kappa = score.overall.kappa.value?.toFixed(3) ?? '–';
    const note = bestReader ? '  ← best reader' : '';
    say(`  ${String(rank ?? '').padStart(4)}  ${kappa.padStart(5)}   ${name}${team ? ` (${team})` : ''}${note}`);
  }
  say(`
Leaderboard   ${address}
API           ${address}/api/docs

Demo accounts (kept in demo-accounts.json of the data directory)

${describePerson('you', accounts.people.you)}
${describePerson('siteAdmin', accounts.people.siteAdmin)}

Tokens, for the command and for programs
  your team   ${accounts.yours.token}
  organiser   ${accounts.organiser}

Anyone may sign up; without a mail server, mails wait at ${address}/outbox, for site administrators.

Submit a bundle of your own, in another terminal in this folder (the command is the one that was built here):

  export HOLDOUT_SERVER=${address}
  export HOLDOUT_TOKEN=${accounts.yours.token}
  npx --no-install holdout submit packages/baseline/demo/onnx --competition mura --phase practice --wait

No bundle yet? The starter kit has one of each engine, and what to type:

  npx --no-install holdout competition kit mura --unpack

Ctrl-C stops everything and keeps the data.`);
}

const signIn = {
  you: 'sign in as the owner of your team  ',
  siteAdmin: 'sign in as a site administrator    ',
};

function describePerson(role: keyof typeof signIn, { email, password }: DemoPerson): string {
  return `  ${signIn[role]}  ${email}   ${password}`;
}
