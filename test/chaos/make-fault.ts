import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findDescendants } from './find-descendants.js';
import { type Installation, leaseSeconds } from './installation.js';
import type { KeptProgram } from './keep-running.js';
import type { Fault, OtherFault, Step, Victim } from './plan-faults.js';
import type { Random } from './random.js';
import { type Caught, catchStep } from './steps.js';

const run = promisify(execFile);
/** So long a fault waits for a submission to come to its step, on a machine that is busy with other things too. */
const mostCatchSeconds = 120;
const leastCatchSeconds = 5;
/** … and for a victim that is alive, where the one before has just died. */
const aliveSeconds = 180;
const faultSeconds = 4;
const pollMilliseconds = 100;

/** What came of a fault. */
export interface Made {
  /** Whether what it was to end has died, or what it was to disturb was disturbed. */
  readonly happened: boolean;
  /** Whether a submission was at its step then, and, where the step is somebody's, that one died. */
  readonly atItsStep: boolean;
  /** What should have gone well, and did not. */
  readonly complaint?: string;
}

/**
 * Makes one fault, and ends those that don't end by themselves.
 *
 * @param patienceSeconds - for how long at most it may wait for its step
 */
export async function makeFault(
  parts: Installation,
  random: Random,
  fault: Fault,
  patienceSeconds: number,
): Promise<Made> {
  const catchSeconds = Math.max(leastCatchSeconds, Math.min(mostCatchSeconds, patienceSeconds));
  const catchOne = (step: Step) => catchStep(parts, step, catchSeconds);
  if (fault.kind !== 'kill') return await disturb(parts, random, fault.kind, catchOne);
  const caught = fault.step && (await catchOne(fault.step));
  try {
    const struck = await strike(parts, random, fault.victim, caught);
    if (!struck) return { happened: false, atItsStep: false };
    const isTheirs = fault.step !== null && isAtStep(fault.victim, fault.step);
    const isRightOne = caught !== null && (!isTheirs || struck.pid === caught.pid);
    return { happened: true, atItsStep: struck.atOnce && isRightOne };
  } finally {
    await caught?.release();
  }
}

/** Whether a step is done by a victim, so that any other of its kind is not at it. */
function isAtStep(victim: Victim, step: Step): boolean {
  if (victim === 'api') return ['uploading', 'committing', 'ringing'].includes(step);
  if (victim === 'evaluating worker' || victim === 'runner') return ['checking', 'running'].includes(step);
  return victim === 'scoring worker' && ['scoring', 'publishing'].includes(step);
}

/**
 * Kills, and is sure of it.
 *
 * @returns the process of the program that died, or whose runner did, and whether it was there at once; null where none died
 */
async function strike(parts: Installation, random: Random, victim: Victim, caught: Caught | null) {
  const deadline = Date.now() + aliveSeconds * 1000;
  for (let tries = 0; ; tries += 1) {
    const pid = await strikeOnce(parts, random, victim, caught);
    if (pid !== null) return { pid, atOnce: tries === 0 };
    if (Date.now() > deadline) return null;
    await sleep(pollMilliseconds);
  }
}

async function strikeOnce(parts: Installation, random: Random, victim: Victim, caught: Caught | null) {
  const oneOf = (programs: readonly KeptProgram[]) =>
    programs.find(({ pid }) => caught?.pid !== undefined && pid() === caught.pid) ?? pickSpared(random, programs);
  switch (victim) {
    case 'api':
      return await kill(oneOf(parts.apis));
    case 'evaluating worker':
      return await kill(oneOf(parts.evaluators));
    case 'runner': {
      const worker = oneOf(parts.evaluators);
      return (await killRunner(worker)) ? (worker.pid() ?? null) : null;
    }
    case 'scoring worker':
      return await kill(parts.scorer);
    case 'redis':
      return await kill(parts.redis);
    case 'postgres':
      return (await parts.postgres.kill()) ? 0 : null;
  }
}

async function kill(program: KeptProgram): Promise<number | null> {
  const pid = program.pid();
  return (await program.kill()) && pid !== undefined ? pid : null;
}

/** One of those that ended least often: each must die in a run, and which of them is at a step the seed does not say. */
function pickSpared(random: Random, programs: readonly KeptProgram[]): KeptProgram {
  const fewest = Math.min(...programs.map((each) => each.ends()));
  return random.pick(programs.filter((each) => each.ends() === fewest));
}

/**
 * What a kernel without memory, or an operator, would end: of a model the process that computes. A program of a team looks
 * then as if it had ended itself, so of that it is the sandbox around it.
 *
 * @returns whether there was one, and it died
 */
async function killRunner(worker: KeptProgram): Promise<boolean> {
  const inside = await findDescendants(worker.pid() ?? -1);
  const innermost = inside.at(-1);
  if (innermost === undefined) return false;
  const words = await readFile(`/proc/${innermost}/cmdline`, 'utf8').catch(() => '');
  const victim = words.includes('child/main.js') ? innermost : (inside[0] ?? innermost);
  const before = await readStart(victim);
  if (before === null) return false;
  try {
    process.kill(victim, 'SIGKILL');
  } catch {
    // It has just ended.
    return false;
  }
  while ((await readStart(victim)) === before) await sleep(pollMilliseconds);
  return true;
}

/** When a process was started, which tells it from a later one of its number; null where it is dead. */
async function readStart(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stat === '' || state === 'Z' || state === 'X' ? null : (fields[18] ?? null);
}

async function disturb(
  parts: Installation,
  random: Random,
  kind: OtherFault,
  catchOne: (step: Step) => Promise<Caught | null>,
): Promise<Made> {
  switch (kind) {
    case 'redis emptied':
      return whole((await run('redis-cli', ['-p', String(parts.redisPort), 'FLUSHALL']).catch(() => null)) !== null);
    case 'postgres restarted in a transaction': {
      const caught = await catchOne('publishing');
      const happened = await parts.postgres.restart();
      await caught?.release();
      return { happened, atItsStep: caught !== null };
    }
    case 'storage read-only':
      await parts.room.setReadOnly(parts.storageDirectory, true);
      await sleep(faultSeconds * 1000);
      await parts.room.setReadOnly(parts.storageDirectory, false);
      return whole(true);
    case 'clock an hour ahead':
    case 'clock an hour back':
      await parts.clock.move(kind === 'clock an hour ahead' ? '+1h' : '-1h');
      await sleep(faultSeconds * 1000);
      await parts.clock.move('+0h');
      return whole(true);
    case 'worker cut off from redis':
      await parts.room.setCable('down');
      await sleep(faultSeconds * 1000);
      await parts.room.setCable('up');
      return whole(true);
    case 'worker frozen past its lease': {
      const caught = await catchOne('running');
      const holder = parts.evaluators.find(({ pid }) => caught !== null && pid() === caught.pid);
      const worker = holder ?? random.pick(parts.evaluators);
      const happened = worker.signal('SIGSTOP');
      await sleep((leaseSeconds + faultSeconds) * 1000);
      worker.signal('SIGCONT');
      return { happened, atItsStep: holder !== undefined };
    }
    case 'api drained while it receives':
      return await drain(parts.apis, await catchOne('uploading'));
    case 'evaluating worker drained while it runs a bundle':
      return await drain(parts.evaluators, await catchOne('running'));
    case 'scoring worker drained':
      return await drain([parts.scorer], null);
  }
}

/** SIGTERM: whoever gets it ends what it has or hands it back, and goes. */
async function drain(programs: readonly KeptProgram[], caught: Caught | null): Promise<Made> {
  const holder = programs.find(({ pid }) => caught !== null && pid() === caught.pid);
  const drained = holder ?? programs[0];
  const inOrder = (await drained?.drain()) ?? null;
  const made = { happened: inOrder !== null, atItsStep: holder !== undefined || caught === null };
  return inOrder === false ? { ...made, complaint: `${drained?.name} did not end by SIGTERM.` } : made;
}

const whole = (happened: boolean): Made => ({ happened, atItsStep: happened });
