import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadPlan } from './load-plan.js';

/** What all clients of one run share: when it ends, what they found, which submissions there are. */
export class LoadRun {
  readonly plan: LoadPlan;
  readonly ending = new AbortController();
  readonly reads: number[] = [];
  readonly uploads: number[] = [];
  readonly eventDelays: number[] = [];
  readonly boardDelays: number[] = [];
  readonly errors: string[] = [];
  scored = 0;
  /** Names of submissions by their ids, and the team's place. */
  readonly submitted = new Map<string, { name: string; team: number }>();
  /** Of each team, which is under way or ended last. */
  readonly latest = new Map<number, string>();

  constructor(plan: LoadPlan) {
    this.plan = plan;
  }

  get isOver(): boolean {
    return this.ending.signal.aborted;
  }

  /** As a client with an address of its own, which a proxy would name. */
  request(client: number, path: string, options: RequestInit & { token?: string } = {}): Promise<Response> {
    const { token, headers, ...rest } = options;
    const own = {
      'x-forwarded-for': `10.1.${Math.floor(client / 250)}.${(client % 250) + 1}`,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    return fetch(new URL(path, this.plan.address), {
      ...rest,
      headers: { ...own, ...Object.fromEntries(new Headers(headers)) },
    });
  }

  /** Does one thing again and again until the end; what it throws is an error of the run, and it goes on after a pause. */
  async repeat(what: string, once: () => Promise<void>): Promise<void> {
    while (!this.isOver) {
      try {
        await once();
      } catch (error) {
        if (this.isOver) return;
        this.errors.push(`${what}: ${error instanceof Error ? `${error.message} ${error.cause ?? ''}` : error}`);
        await this.pause(1000);
      }
    }
  }

  async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.ending.signal }).catch(() => {});
  }
}

/** @throws Error where the answer is none that a client hopes for */
export async function expectOk(response: Response, what: string): Promise<Response> {
  if (response.ok || response.status === 304) return response;
  const text = (await response.text()).replaceAll(/,"instance":"[^"]*"/g, '');
  throw new Error(`${what} answered ${response.status}: ${text.slice(0, 400)}`);
}

/** The share of all samples that are not above the answer; NaN where there is none. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
