import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startStandalone } from '../run-standalone.js';
import type { Team } from './teams.js';

const run = promisify(execFile);
export const competition = 'chaos';
export const phasePath = `/api/competitions/${competition}/phases/${competition}`;

/** Small enough for hundreds of evaluations: both runs are of the demo's fourteen sample studies. */
const competitionFile = `
competition: ${competition}
title: What dies on the way
phases:
  - phase: ${competition}
    title: What dies on the way
    visibility: public
    testSet: mura-sample
    sample: mura-sample
    quotas: { perDay: null, total: 10000, atOnce: null }
`;

export interface Accounts {
  readonly organiser: string;
  readonly teams: readonly Team[];
}

/** An `npm start` makes the tables, the accounts and the test set, and ends again. */
export async function fillDataDirectory(dataDirectory: string): Promise<Accounts> {
  const file = join(dataDirectory, 'demo-accounts.json');
  if (!existsSync(file)) {
    const standalone = await startStandalone({ dataDirectory });
    await standalone.printed(/Ctrl-C/, 600);
    await standalone.interrupt();
  }
  const { organiser, teams, yours } = JSON.parse(await readFile(file, 'utf8')) as Accounts & { yours: Team };
  return { organiser, teams: [...teams, yours] };
}

/** As an organiser, by the command. */
export async function applyCompetition(root: string, dataDirectory: string, server: string, token: string) {
  const file = join(dataDirectory, 'chaos.yaml');
  await writeFile(file, competitionFile);
  const command = [join(root, 'node_modules/.bin/holdout'), 'admin', 'competition', 'apply', file];
  await run(process.execPath, command, { env: { ...process.env, HOLDOUT_SERVER: server, HOLDOUT_TOKEN: token } });
}

/** Every stored file read, and compared with its digest. @returns what the command says where something is wrong */
export async function verifyStorage(root: string, server: string, token: string): Promise<string | null> {
  const command = [join(root, 'node_modules/.bin/holdout'), 'admin', 'storage', 'verify'];
  const environment = { ...process.env, HOLDOUT_SERVER: server, HOLDOUT_TOKEN: token };
  return await run(process.execPath, command, { env: environment }).then(
    () => null,
    (error: { stdout: string; stderr: string }) => `${error.stdout}${error.stderr}`,
  );
}
