import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '@holdout/local-postgres';
import pg from 'pg';
import { repository as root } from '../repository.js';
import { audit, type Findings, type Kappas } from './audit.js';
import { type Bundles, packBundles } from './bundles.js';
import { findSandboxed } from './find-sandboxed.js';
import { followEvents } from './follow-events.js';
import { type Installation, startInstallation } from './installation.js';
import { type Made, makeFault } from './make-fault.js';
import { createPatientClient } from './patient-client.js';
import { cells, describeFault, type Fault, planFaults } from './plan-faults.js';
import { applyCompetition, competition, fillDataDirectory, phasePath, verifyStorage } from './prepare-site.js';
import { makeRandom } from './random.js';
import { startTeams, type Team } from './teams.js';
import { uploadInParts } from './upload.js';

const maxAttempts = 3;
const settleMinutes = 15;
const outliveSeconds = 20;
/** When faults no longer wait for a submission to come to their step: on a machine so slow that the run would never end. */
const mostWaitingSeconds = 15 * 60;
/** So long what missed its step is tried again. */
const retrySeconds = 300;

export interface ChaosOptions {
  readonly seed: number;
  readonly kills: number;
  /** Tries again what missed its step, and complains of each part that was not killed at a step of its. */
  readonly everyCell?: boolean;
  /** What an earlier run left, or an empty folder; a temporary one where it is left out. */
  readonly dataDirectory?: string;
  readonly say?: (line: string) => void;
}

export interface MadeFault extends Made {
  readonly fault: Fault;
}

export interface ChaosResult extends Findings {
  readonly seed: number;
  readonly faults: readonly MadeFault[];
  readonly seconds: number;
  /** How often each program ended, killed or by itself. */
  readonly ends: Readonly<Record<string, number>>;
  readonly dataDirectory: string;
}

/** Teams submit, the parts of the server die one after another, and then everything is looked at. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { seed, kills, everyCell = false, dataDirectory, say = () => {} } = options;
  const folder = dataDirectory ?? (await mkdtemp(join(tmpdir(), 'holdout-chaos-')));
  const { organiser, teams } = await fillDataDirectory(folder);
  const port = await findFreePort({ inARow: 3 });
  const ports = { apis: [port, port + 1], redis: port + 2 } as const;
  const bundles = await packBundles(root, folder);
  const parts = await startInstallation(folder, ports);
  const giveUp = new AbortController();
  try {
    const ready = { parts, folder, organiser, teams, bundles };
    const result = await tryAll(ready, { seed, kills, everyCell, say }, giveUp.signal);
    if (!dataDirectory && result.complaints.length === 0) await rm(folder, { recursive: true, force: true });
    return result;
  } finally {
    giveUp.abort(new Error('The run is over.'));
    await parts.stop();
  }
}

interface Ready {
  readonly parts: Installation;
  readonly folder: string;
  readonly organiser: string;
  readonly teams: readonly Team[];
  readonly bundles: Bundles;
}

async function tryAll(
  { parts, folder, organiser, teams, bundles }: Ready,
  { seed, kills, everyCell, say }: Required<Omit<ChaosOptions, 'dataDirectory'>>,
  signal: AbortSignal,
): Promise<ChaosResult> {
  const [address = ''] = parts.addresses;
  await waitForAll(parts, organiser, signal);
  await applyCompetition(root, folder, address, organiser);
  const kappas = await runCalmly(parts, teams, bundles, signal);
  say(`Without faults: ${JSON.stringify(kappas)}`);

  const startedAt = performance.now();
  const random = makeRandom(seed);
  const plan = planFaults(random, kills);
  const site = { addresses: parts.addresses, phase: phasePath, bundles, teams };
  const busy = startTeams(site, makeRandom(seed + 1), signal);
  const ended = { settled: false };
  const faults: MadeFault[] = [];
  const make = async (fault: Fault, of: string) => {
    await sleep(fault.pauseSeconds * 1000);
    const patienceSeconds = mostWaitingSeconds - (performance.now() - startedAt) / 1000;
    const made = await makeFault(parts, random, fault, patienceSeconds);
    faults.push({ fault, ...made });
    say(`${faults.length} of ${of}: ${describeFault(fault)}${sayMissed(fault, made)}`);
  };
  for (const fault of plan) await make(fault, String(plan.length));
  const retryUntil = performance.now() + retrySeconds * 1000;
  while (everyCell && performance.now() < retryUntil) {
    const missed = findMissed(faults);
    if (missed.length === 0) break;
    await make({ kind: 'kill', ...random.pick(missed), pauseSeconds: 1 }, `${plan.length}, again`);
  }
  say(`The last fault is made; ${busy.accepted.length} submissions are accepted.`);
  const end = busy.end().then(() => (ended.settled = true));
  await Promise.race([end, sleep(settleMinutes * 60_000, undefined, { ref: false })]);
  const complaints = ended.settled ? [] : [`Not all has ended ${settleMinutes} minutes after the last fault.`];
  complaints.push(...busy.refusals, ...faults.flatMap(({ complaint }) => complaint ?? []));
  if (everyCell) {
    for (const { victim, step } of findMissed(faults)) complaints.push(`No ${victim} was killed while one is ${step}.`);
  }
  if (!(await settle(parts.databaseUrl))) complaints.push('What no team waits for has not ended.');

  const quotasUsed = await readQuotas(parts, teams, signal);
  await waitForAll(parts, organiser, signal);
  const damage = await verifyStorage(root, address, organiser);
  if (damage) complaints.push(`The storage is damaged: ${damage}`);
  const found = await audit({
    ...{ databaseUrl: parts.databaseUrl, storageDirectory: parts.storageDirectory, phase: competition },
    ...{ accepted: busy.accepted, kappas, maxAttempts, quotasUsed },
  });
  const programs = [...parts.apis, ...parts.evaluators, parts.scorer, parts.redis];
  const runners = faults.filter(
    ({ fault, happened }) => happened && fault.kind === 'kill' && fault.victim === 'runner',
  );
  const ends = {
    ...Object.fromEntries(programs.map((each) => [each.name, each.ends()])),
    ...{ postgres: parts.postgres.ends(), runner: runners.length },
  };
  complaints.push(...found.complaints, ...(await findLeftBehind(parts)));
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return { ...found, complaints, seed, faults, seconds, ends, dataDirectory: folder };
}

/** What of the matrix nobody died in. */
function findMissed(faults: readonly MadeFault[]) {
  return cells.filter(
    ({ victim, step }) =>
      !faults.some(
        ({ fault, atItsStep }) => atItsStep && fault.kind === 'kill' && fault.victim === victim && fault.step === step,
      ),
  );
}

function sayMissed(fault: Fault, { happened, atItsStep }: Made): string {
  if (!happened) return ' (there was nothing to end)';
  return atItsStep || (fault.kind === 'kill' && fault.step === null) ? '' : ' (at another moment)';
}

/** The command asks one server, and asks it once. */
async function waitForAll({ addresses }: Installation, token: string, signal: AbortSignal): Promise<void> {
  for (const address of addresses) await createPatientClient([address], token, signal).ask('/api/health');
}

/** Each good bundle once, while nothing dies. */
async function runCalmly(
  parts: Installation,
  teams: readonly Team[],
  bundles: Bundles,
  signal: AbortSignal,
): Promise<Kappas> {
  const kappaOf = async (kind: 'model' | 'program') => {
    const client = createPatientClient(parts.addresses, teams[0]?.token ?? '', signal);
    const id = await uploadInParts(client, { phase: phasePath, name: `calm ${kind}`, archive: bundles[kind] });
    await followEvents(client, id);
    const { score } = await client.json<{ score: { overall: { kappa: { value: number | null } } } | null }>(
      `/api/submissions/${id}`,
    );
    if (!score) throw new Error(`The bundle “${kind}” has no score, though nothing was killed.`);
    return score.overall.kappa.value;
  };
  const model = await kappaOf('model');
  return { model, large: model, program: await kappaOf('program') };
}

/** A plain upload whose answer was lost is a submission that no team waits for; it ends as any other. */
async function settle(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const deadline = Date.now() + settleMinutes * 60_000;
  const readOpen = async () => {
    const { rows } = await client.query<{ open: number }>(
      `SELECT count(*)::int AS open FROM evaluations WHERE state IN ('queued', 'checking', 'running', 'scoring')`,
    );
    return rows[0]?.open ?? 0;
  };
  let open = await readOpen();
  while (open > 0 && Date.now() < deadline) {
    await sleep(500);
    open = await readOpen();
  }
  await client.end();
  return open === 0;
}

async function readQuotas(parts: Installation, teams: readonly Team[], signal: AbortSignal) {
  const used = new Map<string, { total: number; atOnce: number }>();
  for (const { team, token } of teams) {
    const client = createPatientClient(parts.addresses, token, signal);
    const quota = await client.json<{ used: { total: number; atOnce: number } }>(`${phasePath}/quota`);
    used.set(team, quota.used);
  }
  return used;
}

/** Ends everything in order: nothing of a sandbox may outlive its worker. */
async function findLeftBehind(parts: Installation): Promise<string[]> {
  const late = await Promise.all([...parts.evaluators, parts.scorer].map((each) => each.stop()));
  const left = await readdir(parts.scratchDirectory);
  const outlived = await findOutliving(parts.scratchDirectory);
  return [
    ...(late.includes(false) ? ['A worker did not end by SIGTERM.'] : []),
    ...(left.length > 0 ? [`In the scratch folder is left: ${left.join(', ')}.`] : []),
    ...outlived.map((process) => `A process of a sandbox is left: ${process}`),
  ];
}

/** What the kernel is ending with its sandbox is there for a moment. */
async function findOutliving(scratchDirectory: string): Promise<string[]> {
  const deadline = Date.now() + outliveSeconds * 1000;
  for (;;) {
    const found = await findSandboxed(scratchDirectory);
    if (found.length === 0 || Date.now() > deadline) return found;
    await sleep(200);
  }
}
