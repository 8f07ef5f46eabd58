import type { EvaluationChange } from '@holdout/db';
import type { LoadRun } from './load-run.js';
import { readEvents } from './read-events.js';

/** A change that a board has not shown within this time never comes. */
const lostAfterMilliseconds = 60_000;

/**
 * A client that holds a board open. How long a score took to arrive is counted from when Postgres told of its commit to
 * when the board with the submission's name was there; one that the team's next score overtook is left out.
 */
export class BoardWatcher {
  readonly #run: LoadRun;
  readonly #client: number;
  /** When the commit was heard of, by the submission's id. */
  readonly #awaited = new Map<string, number>();

  constructor(run: LoadRun, client: number) {
    this.#run = run;
    this.#client = client;
  }

  hear({ submissionId, progress }: EvaluationChange): void {
    if (!progress && this.#run.submitted.has(submissionId)) this.#awaited.set(submissionId, Date.now());
  }

  async watch(): Promise<void> {
    const path = '/api/competitions/mura/phases/practice/leaderboard/events';
    await this.#run.repeat('a board', async () => {
      for await (const { data, arrivedAt } of readEvents(this.#run, this.#client, path)) this.#see(data, arrivedAt);
      if (!this.#run.isOver) throw new Error('the stream ended');
    });
    this.#dropOld();
  }

  #see(data: unknown, arrivedAt: number): void {
    const { entries } = data as { entries: { name: string }[] };
    const names = new Set(entries.map(({ name }) => name));
    for (const [id, heardAt] of this.#awaited) {
      if (!names.has(this.#run.submitted.get(id)?.name ?? '')) continue;
      // The board may be there before the bench's own connection has heard of the commit.
      this.#run.boardDelays.push(Math.max(0, arrivedAt - heardAt));
      this.#awaited.delete(id);
    }
    this.#dropOld();
  }

  #dropOld(): void {
    for (const [id, heardAt] of this.#awaited) {
      const { team = -1, name = id } = this.#run.submitted.get(id) ?? {};
      if (this.#run.latest.get(team) !== id) this.#awaited.delete(id);
      else if (Date.now() - heardAt > lostAfterMilliseconds) {
        this.#awaited.delete(id);
        this.#run.errors.push(`a board did not show “${name}” within ${lostAfterMilliseconds} ms`);
      }
    }
  }
}

/**
 * A client that follows whatever submission of a team is under way. An event's delay is counted from the time in it, which is
 * when its transaction began, to its arrival: no less than from the commit.
 */
export async function watchSubmissions(run: LoadRun, client: number, team: number): Promise<void> {
  const token = run.plan.tokens[team] ?? '';
  let seen = '';
  await run.repeat('a submission', async () => {
    const id = run.latest.get(team) ?? '';
    if (id === seen) return await run.pause(50);
    seen = id;
    const openedAt = Date.now();
    for await (const { data, arrivedAt } of readEvents(run, client, `/api/submissions/${id}/events`, token)) {
      const at = Date.parse((data as { at: string }).at);
      // What had happened before the stream was open is told at once, and says nothing.
      if (at > openedAt) run.eventDelays.push(arrivedAt - at);
    }
  });
}
