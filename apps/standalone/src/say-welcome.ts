import { leaderboardSchema } from '@holdout/contracts';
import type { DemoAccounts } from './demo/accounts.js';
import { createHttpClient } from './http-client.js';
import { say } from './say.js';

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

Demo accounts (tokens stand for teams; they are kept in demo-accounts.json of the data directory)
  your team   ${accounts.yours.token}
  organiser   ${accounts.organiser}

On the pages, sign up with any address: without a mail server, mails wait at ${address}/outbox, which opens to
  administrator   ${accounts.administrator.email}, password ${accounts.administrator.password}

Submit a bundle of your own, in another terminal in this folder:

  export HOLDOUT_SERVER=${address}
  export HOLDOUT_TOKEN=${accounts.yours.token}
  npx holdout submit packages/baseline/demo/onnx --competition mura --phase practice --wait

Ctrl-C stops everything and keeps the data.`);
}
