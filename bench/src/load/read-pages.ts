import { expectOk, type LoadRun } from './load-run.js';

/** A person looks at what came before asking for more. */
const pauseMilliseconds = { least: 500, most: 1500 };

const open = [
  '/',
  '/competitions/mura/practice',
  '/api/competitions',
  '/api/competitions/mura',
  '/api/competitions/mura/phases/practice/leaderboard?limit=100',
  '/api/competitions/mura/phases/test/leaderboard?limit=100',
];

/** A client that reads pages, boards, and submissions of a team, one after the other. */
export async function readPages(run: LoadRun, client: number): Promise<void> {
  const team = client % run.plan.tokens.length;
  const token = run.plan.tokens[team] ?? '';
  let count = client;
  await run.pause(Math.random() * pauseMilliseconds.most);
  await run.repeat('a read', async () => {
    const submission = run.latest.get(team);
    const own = ['/api/submissions?mine=true', ...(submission ? [`/api/submissions/${submission}`] : [])];
    const paths = [...open, ...own];
    const path = paths[count++ % paths.length] ?? '/';
    const startedAt = performance.now();
    const isOwn = path.startsWith('/api/submissions');
    const accept = path.startsWith('/api/') ? 'application/json' : 'text/html';
    const response = await run.request(client, path, { headers: { accept }, ...(isOwn ? { token } : {}) });
    await (await expectOk(response, path)).arrayBuffer();
    run.reads.push(performance.now() - startedAt);
    const { least, most } = pauseMilliseconds;
    await run.pause(least + Math.random() * (most - least));
  });
}
