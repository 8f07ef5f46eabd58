import type { Random } from './random.js';

/** What is killed with SIGKILL. */
export const victims = ['api', 'evaluating worker', 'runner', 'scoring worker', 'redis', 'postgres'] as const;
export type Victim = (typeof victims)[number];

/**
 * Where an upload is at that moment: in the middle of a part; between its last byte and the commit that makes a submission
 * of it; between the commit and the bell.
 */
const uploadSteps = ['uploading', 'committing', 'ringing'] as const;
/** Who has to do with it. */
const uploadVictims: readonly Victim[] = ['api', 'redis', 'postgres'];
/** Where a submission is. `publishing`: its score is written, and the transaction is still open. */
const submissionSteps = ['queued', 'checking', 'running', 'scoring', 'publishing'] as const;
export const steps = [...uploadSteps, ...submissionSteps] as const;
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
  'api drained while it receives',
  'evaluating worker drained while it runs a bundle',
  'scoring worker drained',
] as const;
export type OtherFault = (typeof otherFaults)[number];

/** One kill of the matrix. */
export interface Cell {
  readonly victim: Victim;
  readonly step: Step;
}

export type Fault = { readonly pauseSeconds: number } & (
  | { readonly kind: 'kill'; readonly victim: Victim; readonly step: Step | null }
  | { readonly kind: OtherFault }
);

export const cells: readonly Cell[] = [
  ...victims.flatMap((victim) => submissionSteps.map((step) => ({ victim, step }))),
  ...uploadVictims.flatMap((victim) => uploadSteps.map((step) => ({ victim, step }))),
];

/**
 * Every cell of the matrix, then kills at random moments until there are enough, in an order that the seed says; and each
 * other fault once for every forty kills, at least once.
 */
export function planFaults(random: Random, kills: number): Fault[] {
  const matrix = cells.map((cell) => ({ kind: 'kill', ...cell }) as const);
  const planned: ({ kind: 'kill'; victim: Victim; step: Step | null } | { kind: OtherFault })[] = random
    .shuffle(matrix)
    .slice(0, kills);
  while (planned.length < kills) {
    planned.push({ kind: 'kill', ...random.pick(cells), ...(random.next() < 0.5 ? {} : { step: null }) });
  }
  const rounds = Math.max(1, Math.floor(kills / 40));
  for (const kind of otherFaults) for (let round = 0; round < rounds; round += 1) planned.push({ kind });
  return random.shuffle(planned).map((fault) => ({ ...fault, pauseSeconds: random.between(0.2, 2) }));
}

export function describeFault(fault: Fault): string {
  if (fault.kind !== 'kill') return fault.kind;
  return `kill -9 ${fault.victim}, ${fault.step ? `a submission is ${fault.step}` : 'at any moment'}`;
}
