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
import { makeFault } from './make-fault.js';
import { createPatientClient } from './patient-client.js';
import { describeFault, type Fault, otherFaults, planFaults } from './plan-faults.js';
import { applyCompetition, competition, fillDataDirectory, phasePath, verifyStorage } from './prepare-site.js';
import { makeRandom } from './random.js';
import { startTeams, type Team } from './teams.js';
import { uploadInParts } from './upload.js';

const maxAttempts = 3;
const settleMinutes = 15;
const outliveSeconds = 20;

export interface ChaosOptions {
  readonly seed: number;
  readonly kills: number;
  /** What an earlier run left, or an empty folder; a temporary one where it is left out. */
  readonly dataDirectory?: string;
  readonly say?: (line: string) => void;
}

export interface ChaosResult extends Findings {
  readonly seed: number;
  readonly faults: readonly { readonly fault: Fault; readonly atItsStep: boolean }[];
  readonly seconds: number;
  /** How often a part ended, killed or by itself. */
  readonly ends: Readonly<Record<string, number>>;
  readonly dataDirectory: string;
}

/** Teams submit, the parts of the server die one after another, and then everything is looked at. */
export async function runChaos({ seed, kills, dataDirectory, say = () => {} }: ChaosOptions): Promise<ChaosResult> {
  const folder = dataDirectory ?? (await mkdtemp(join(tmpdir(), 'holdout-chaos-')));
  const { organiser, teams } = await fillDataDirectory(folder);
  const port = await findFreePort({ inARow: 3 });
  const ports = { apis: [port, port + 1], redis: port + 2 } as const;
  const bundles = await packBundles(root, folder);
  const parts = await startInstallation(folder, ports);
  const giveUp = new AbortController();
  try {
    const result = await tryAll({ parts, folder, organiser, teams, bundles }, { seed, kills, say }, giveUp.signal);
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
  { seed, kills, say }: Required<Pick<ChaosOptions, 'seed' | 'kills' | 'say'>>,
  signal: AbortSignal,
): Promise<ChaosResult> {
  const [address = ''] = parts.addresses;
  await waitForAll(parts, organiser, signal);
  await applyCompetition(root, folder, address, organiser);
  const kappas = await runCalmly(parts, teams, bundles, signal);
  say(`Without faults: ${JSON.stringify(kappas)}`);

  const startedAt = performance.now();
  const random = makeRandom(seed);
  const others = otherFaults.filter((kind) => parts.clock !== null || !kind.startsWith('clock'));
  const plan = planFaults(random, { kills, others });
  const site = { addresses: parts.addresses, phase: phasePath, bundles, teams };
  const busy = startTeams(site, makeRandom(seed + 1), signal);
  const ended = { settled: false };
  const faults = [];
  for (const [place, fault] of plan.entries()) {
    await sleep(fault.pauseSeconds * 1000);
    const atItsStep = await makeFault(parts, random, fault);
    faults.push({ fault, atItsStep });
    const missed = !atItsStep && !(fault.kind === 'kill' && fault.step === null);
    say(`${place + 1} of ${plan.length}: ${describeFault(fault)}${missed ? ' (none came)' : ''}`);
  }
  say(`The last fault is made; ${busy.accepted.length} submissions are accepted.`);
  const end = busy.end().then(() => (ended.settled = true));
  await Promise.race([end, sleep(settleMinutes * 60_000, undefined, { ref: false })]);
  const complaints = ended.settled ? [] : [`Not all has ended ${settleMinutes} minutes after the last fault.`];
  complaints.push(...busy.refusals);
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
  const ends = Object.fromEntries(programs.map((each) => [each.name, each.ends()]));
  complaints.push(...found.complaints, ...(await findLeftBehind(parts)));
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return { ...found, complaints, seed, faults, seconds, ends, dataDirectory: folder };
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
  return { model: await kappaOf('model'), program: await kappaOf('program') };
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
