import type { Random } from './random.js';

/** What is killed with SIGKILL. */
export const victims = ['api', 'evaluating worker', 'runner', 'scoring worker', 'redis', 'postgres'] as const;
export type Victim = (typeof victims)[number];

/** Where a submission is at that moment. `publishing`: its score is written, and the transaction is still open. */
export const steps = ['queued', 'checking', 'running', 'scoring', 'publishing'] as const;
export type Step = (typeof steps)[number];

/** What goes wrong besides, each in a way of its own. */
export const otherFaults = [
  'redis emptied',
  'postgres restarted in a transaction',
  'storage read-only',
  'clock an hour ahead',
  'clock an hour back',
  'worker cut off from redis',
  'worker frozen past its lease',
] as const;
export type OtherFault = (typeof otherFaults)[number];

export type Fault = { readonly pauseSeconds: number } & (
  | { readonly kind: 'kill'; readonly victim: Victim; readonly step: Step | null }
  | { readonly kind: OtherFault }
);

interface PlanOptions {
  readonly kills: number;
  /** What this machine can do. */
  readonly others: readonly OtherFault[];
}

/**
 * Every victim at every step, then at random moments until there are enough kills, in an order that the seed says; and
 * each other fault once for every forty kills, at least once.
 */
export function planFaults(random: Random, { kills, others }: PlanOptions): Fault[] {
  const matrix = victims.flatMap((victim) => steps.map((step) => ({ kind: 'kill', victim, step }) as const));
  const planned: ({ kind: 'kill'; victim: Victim; step: Step | null } | { kind: OtherFault })[] = random
    .shuffle(matrix)
    .slice(0, kills);
  while (planned.length < kills) {
    const step = random.next() < 0.5 ? random.pick(steps) : null;
    planned.push({ kind: 'kill', victim: random.pick(victims), step });
  }
  const rounds = Math.max(1, Math.floor(kills / 40));
  for (const kind of others) for (let round = 0; round < rounds; round += 1) planned.push({ kind });
  return random.shuffle(planned).map((fault) => ({ ...fault, pauseSeconds: random.between(0.2, 2) }));
}

export function describeFault(fault: Fault): string {
  if (fault.kind !== 'kill') return fault.kind;
  return `kill -9 ${fault.victim}, ${fault.step ? `a submission is ${fault.step}` : 'at any moment'}`;
}
