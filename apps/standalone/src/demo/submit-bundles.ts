import { setTimeout as sleep } from 'node:timers/promises';
import { demoBundles, packDemoBundle } from '@holdout/baseline';
import { isFinalState, type Submission, submissionListSchema, submissionSchema } from '@holdout/contracts';
import { createHttpClient } from '../http-client.js';
import { say } from '../say.js';
import type { DemoAccounts } from './accounts.js';

const address = '/api/competitions/mura/phases/test/submissions';

/**
 * Enters the demo bundles through the public API, each with its team's token, where that team has not entered one yet,
 * and says what becomes of them. Returns when all have ended.
 */
export async function submitDemoBundles(server: string, accounts: DemoAccounts): Promise<void> {
  const followed = [];
  for (const { slug, team } of demoBundles) {
    const token = accounts.teams.find((account) => account.team === team)?.token;
    if (!token)
      throw new Error(`The demo accounts have no token for ${team}. Remove .holdout to make everything anew.`);
    const client = createHttpClient(server, token);
    const earlier = submissionListSchema.parse(await client.get('/api/submissions')).submissions[0];
    const submission = earlier ?? submissionSchema.parse(await client.upload(address, await packDemoBundle(slug)));
    if (!earlier) say(`${team} submitted “${submission.name}” (${submission.engine}).`);
    if (!isFinalState(submission.state)) followed.push(follow(client, submission));
  }
  await Promise.all(followed);
}

async function follow(client: ReturnType<typeof createHttpClient>, submission: Submission): Promise<void> {
  let last = submission;
  while (!isFinalState(last.state)) {
    await sleep(500);
    const now = submissionSchema.parse(await client.get(`/api/submissions/${submission.id}`));
    if (now.state !== last.state) say(`“${now.name}” is ${describeState(now)}`);
    last = now;
  }
}

function describeState({ state, score, reason }: Submission): string {
  const kappa = score?.overall.kappa.value;
  if (state === 'scored')
    return `scored: kappa ${kappa === null || kappa === undefined ? 'undefined' : kappa.toFixed(3)}.`;
  return reason ? `${state}: ${reason.message}` : `${state} …`;
}
