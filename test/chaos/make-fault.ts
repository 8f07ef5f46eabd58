import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findDescendants } from './find-descendants.js';
import { type Installation, leaseSeconds } from './installation.js';
import type { KeptProgram } from './keep-running.js';
import type { Fault, Victim } from './plan-faults.js';
import type { Random } from './random.js';
import { type Caught, catchStep } from './steps.js';

const run = promisify(execFile);
/** So long a fault waits for a submission to come to its step, on a machine that is busy with other things too. */
const catchSeconds = 120;
const faultSeconds = 4;

/** Makes one fault, and ends those that don't end by themselves. @returns whether its submission was at its step */
export async function makeFault(parts: Installation, random: Random, fault: Fault): Promise<boolean> {
  if (fault.kind === 'kill') {
    const caught = fault.step && (await catchStep(parts.databaseUrl, fault.step, catchSeconds));
    await kill(parts, random, fault.victim, caught);
    await caught?.release();
    return caught !== null;
  }
  switch (fault.kind) {
    case 'redis emptied':
      await run('redis-cli', ['-p', String(parts.redisPort), 'FLUSHALL']).catch(() => {});
      return true;
    case 'postgres restarted in a transaction': {
      const caught = await catchStep(parts.databaseUrl, 'publishing', catchSeconds);
      await parts.postgres.restart();
      await caught?.release();
      return caught !== null;
    }
    case 'storage read-only':
      await parts.room.setReadOnly(parts.storageDirectory, true);
      await sleep(faultSeconds * 1000);
      await parts.room.setReadOnly(parts.storageDirectory, false);
      return true;
    case 'clock an hour ahead':
    case 'clock an hour back':
      await parts.clock?.move(fault.kind === 'clock an hour ahead' ? '+1h' : '-1h');
      await sleep(faultSeconds * 1000);
      await parts.clock?.move('+0h');
      return true;
    case 'worker cut off from redis':
      await parts.room.setCable('down');
      await sleep(faultSeconds * 1000);
      await parts.room.setCable('up');
      return true;
    case 'worker frozen past its lease': {
      const caught = await catchStep(parts.databaseUrl, 'running', catchSeconds);
      const worker = parts.evaluators.find((each) => holds(each, caught)) ?? random.pick(parts.evaluators);
      worker.signal('SIGSTOP');
      await sleep((leaseSeconds + faultSeconds) * 1000);
      worker.signal('SIGCONT');
      return caught !== null;
    }
  }
}

async function kill(parts: Installation, random: Random, victim: Victim, caught: Caught | null): Promise<void> {
  const worker = () => parts.evaluators.find((each) => holds(each, caught)) ?? pickSpared(random, parts.evaluators);
  switch (victim) {
    case 'api':
      return pickSpared(random, parts.apis).signal('SIGKILL');
    case 'evaluating worker':
      return worker().signal('SIGKILL');
    case 'runner':
      return await killRunner(worker());
    case 'scoring worker':
      return parts.scorer.signal('SIGKILL');
    case 'redis':
      return parts.redis.signal('SIGKILL');
    case 'postgres':
      return await parts.postgres.kill();
  }
}

/** One of those that ended least often: each must die in a run, and which of them is at a step the seed does not say. */
function pickSpared(random: Random, programs: readonly KeptProgram[]): KeptProgram {
  const fewest = Math.min(...programs.map((each) => each.ends()));
  return random.pick(programs.filter((each) => each.ends() === fewest));
}

function holds({ pid }: KeptProgram, caught: Caught | null): boolean {
  return caught?.workerPid !== undefined && pid() === caught.workerPid;
}

/**
 * What a kernel without memory, or an operator, would end: of a model the process that computes. A program of a team looks
 * then as if it had ended itself, so of that it is the sandbox around it.
 */
async function killRunner(worker: KeptProgram): Promise<void> {
  const inside = await findDescendants(worker.pid() ?? -1);
  const innermost = inside.at(-1);
  if (innermost === undefined) return;
  const words = await readFile(`/proc/${innermost}/cmdline`, 'utf8').catch(() => '');
  try {
    process.kill(words.includes('child/main.js') ? innermost : (inside[0] ?? innermost), 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
