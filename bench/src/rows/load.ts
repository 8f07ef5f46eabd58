import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTeamWithToken } from '@holdout/api';
import { packDemoBundle } from '@holdout/baseline';
import { openDatabase } from '@holdout/db';
import { findRunningPostgres } from '@holdout/local-postgres';
import { describeLoad } from '../load/describe-load.js';
import { clients, type LoadPlan, type LoadReport } from '../load/load-plan.js';
import { watchProcesses } from '../load/watch-processes.js';
import type { Measurement, Row } from '../measurement.js';
import { startServer } from '../start-server.js';

/**
 * 200 clients at once for `--minutes`, against an installation as `npm start` runs it: 20 upload bundles again and again,
 * plain and by tus, 40 hold the board of that phase open, 40 follow submissions, 100 read. Each has an address of its own, as
 * behind a proxy, so that the limits that are on by default hold. Fails where a single thing goes wrong.
 */
export const measureUnderLoad: Row = async ({ directory, minutes, say }) => {
  const data = join(directory, 'server');
  // The clients say in a header which address each of them has.
  const server = await startServer(data, say, { HOLDOUT_TRUSTED_PROXIES: '127.0.0.1' });
  try {
    const databaseUrl = await findRunningPostgres(join(data, 'postgres'), 'holdout');
    if (databaseUrl === null) throw new Error('The database of the server is not found.');
    const tokens = await makeTeams(databaseUrl);
    await countLast(server.address, data);
    const bundle = join(directory, 'bundle.zip');
    await writeFile(bundle, await packDemoBundle('weak'));
    say(`200 clients, for ${minutes} min`);
    const endWatch = watchProcesses(server.pid);
    const report = await runClients({ address: server.address, databaseUrl, tokens, bundle, seconds: minutes * 60 });
    const parts = endWatch();
    for (const line of describeLoad(minutes, report, parts)) console.log(line);
    if (report.errorCount > 0) throw new Error(`${report.errorCount} errors:\n${report.errors.join('\n')}`);
    const facts = {
      minutes,
      reads: report.reads,
      uploads: report.uploads,
      scored: report.scored,
      events: report.events,
    };
    const one = (what: string, unit: string, value: number): Measurement => ({ what, unit, samples: [value], facts });
    return [
      one('200 clients: a read, median', 'ms', report.readP50),
      one('… p99', 'ms', report.readP99),
      one('… an upload until it is a submission, p99', 'ms', report.uploadP99),
      one('… a submission’s event until it is there, longest', 'ms', report.eventLongest),
      one('… a score until it is on an open board, longest', 'ms', report.boardLongest),
      one('… errors', '', report.errorCount),
      ...parts.flatMap(({ name, cpuPercent, peakMebibytes }) => [
        one(`… ${name}: CPU`, '%', cpuPercent),
        one(`… ${name}: memory`, 'MiB', peakMebibytes),
      ]),
    ];
  } finally {
    await server.stop();
  }
};

async function makeTeams(databaseUrl: string): Promise<string[]> {
  const database = openDatabase({ url: databaseUrl, applicationName: 'bench' });
  try {
    const teams = Array.from({ length: clients.uploading }, (_, place) => `Load ${place}`);
    return await Promise.all(teams.map(async (team) => (await createTeamWithToken({ database }, { team })).token));
  } finally {
    await database.close();
  }
}

/** Each score of a team comes onto the board, also where it is no better than the one before. */
async function countLast(address: string, data: string): Promise<void> {
  const accounts = JSON.parse(await readFile(join(data, 'demo-accounts.json'), 'utf8')) as { organiser: string };
  const headers = { authorization: `Bearer ${accounts.organiser}`, 'content-type': 'application/json' };
  const answered = await fetch(`${address}/api/competitions/mura/file`, { headers });
  const file = (await answered.json()) as { phases: { phase: string; counted: unknown }[] };
  const phases = file.phases.map((phase) => (phase.phase === 'practice' ? { ...phase, counted: 'last' } : phase));
  const body = JSON.stringify({ ...file, phases });
  const applied = await fetch(`${address}/api/competitions/mura`, { method: 'PUT', headers, body });
  if (!applied.ok) throw new Error(`The competition was not changed: ${applied.status} ${await applied.text()}`);
}

async function runClients(plan: LoadPlan): Promise<LoadReport> {
  const child = fork(fileURLToPath(new URL('../load/clients.js', import.meta.url)));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The process of the clients ended with ${code}.`);
  });
  ended.catch(() => {});
  child.send(plan);
  const [report] = await Promise.race([once(child, 'message'), ended]);
  child.kill('SIGKILL');
  return report as LoadReport;
}
