import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '@holdout/db';
import { clients, type LoadPlan, type LoadReport } from './load-plan.js';
import { LoadRun, percentile } from './load-run.js';
import { readPages } from './read-pages.js';
import { uploadBundles } from './upload-bundles.js';
import { BoardWatcher, watchSubmissions } from './watch.js';

/** After the end, clients may finish what they are about. */
const farewellMilliseconds = 5000;

/** A process with all clients, so that they share a thread with nothing that is measured. */
process.on('message', async (plan: LoadPlan) => {
  const run = new LoadRun(plan);
  const bundle = new Uint8Array(await readFile(plan.bundle));
  const count = (kind: keyof typeof clients) => Array.from({ length: clients[kind] }, (_, place) => place);
  let next = clients.uploading;
  const boards = count('boards').map(() => new BoardWatcher(run, next++));
  const listener = await listen(plan.databaseUrl, (change) => {
    for (const board of boards) board.hear(change);
  });
  const all = [
    ...count('uploading').map((client) => uploadBundles(run, client, bundle)),
    ...boards.map((board) => board.watch()),
    ...count('submissions').map((place) => watchSubmissions(run, next++, place % plan.tokens.length)),
    ...count('reading').map(() => readPages(run, next++)),
  ];
  await sleep(plan.seconds * 1000);
  run.ending.abort();
  await Promise.race([Promise.all(all), sleep(farewellMilliseconds)]);
  await listener.close();
  process.send?.(report(run));
});

function report({ reads, uploads, eventDelays, boardDelays, errors, scored }: LoadRun): LoadReport {
  return {
    reads: reads.length,
    readP50: percentile(reads, 0.5),
    readP99: percentile(reads, 0.99),
    readLongest: percentile(reads, 1),
    uploads: uploads.length,
    uploadP50: percentile(uploads, 0.5),
    uploadP99: percentile(uploads, 0.99),
    scored,
    events: eventDelays.length,
    eventP50: percentile(eventDelays, 0.5),
    eventP99: percentile(eventDelays, 0.99),
    eventLongest: percentile(eventDelays, 1),
    boardChanges: boardDelays.length,
    boardP50: percentile(boardDelays, 0.5),
    boardLongest: percentile(boardDelays, 1),
    errors: [...new Set(errors)].slice(0, 30),
    errorCount: errors.length,
  };
}
