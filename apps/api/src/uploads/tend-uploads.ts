import { HoldoutError } from '@holdout/contracts';
import { demandPresentAcceptance, listIdleUploads, type UploadRecord, withLock } from '@holdout/db';
import type { FastifyBaseLogger } from 'fastify';
import type { RouteParts } from '../app.js';
import { removeAbandonedScratch } from '../scratch-folders.js';
import type { UploadFinisher } from './finish-upload.js';
import type { UploadStore } from './upload-store.js';

const tidyEveryMilliseconds = 60 * 60 * 1000;
/** One that can't be finished by our fault is tried again ever more seldom. */
const longestPauseMilliseconds = 60 * 60 * 1000;

interface Tended {
  readonly store: UploadStore;
  readonly finisher: UploadFinisher;
  readonly log: FastifyBaseLogger;
}

/**
 * Finishes uploads whose last byte was acknowledged and which nobody asks for: their server died, or could not finish them
 * then. And removes what nobody will finish. At the start, and for as long as the process lives.
 *
 * @returns a function that stops it, and waits for what is under way
 */
export function startTendingUploads(parts: RouteParts, { store, finisher, log }: Tended): () => Promise<void> {
  const pauses = new Pauses(parts.uploadRoundSeconds * 1000);
  let tidiedAt = Number.NEGATIVE_INFINITY;
  const tend = async () => {
    if (parts.closing.aborted) return;
    await finishIdle(parts, { store, finisher, log }, pauses);
    // In this order, and by the same process: what is complete, and was left for days, is finished before it is over.
    if (performance.now() - tidiedAt >= tidyEveryMilliseconds) {
      await tidy(parts, store);
      tidiedAt = performance.now();
    }
    await store.removeLeft();
  };
  /** Of several API processes one at a time; what a request finishes meanwhile is finished once all the same. */
  const tendAlone = async () => {
    await withLock(parts.database, 'holdout-uploads', tend).catch((err: unknown) => {
      log.warn({ err }, 'uploads could not be looked after');
    });
  };
  let round = tendAlone();
  const timer = setInterval(() => {
    round = round.then(tendAlone);
  }, parts.uploadRoundSeconds * 1000);
  return async () => {
    clearInterval(timer);
    await round;
  };
}

async function finishIdle(parts: RouteParts, { store, finisher, log }: Tended, pauses: Pauses): Promise<void> {
  const idle = await listIdleUploads(parts.database);
  pauses.forgetOthers(idle);
  for (const upload of idle) {
    if (parts.closing.aborted) return;
    if (pauses.isPaused(upload)) continue;
    const isDone = await finishIfComplete(parts, { store, finisher, log }, upload).catch((err: unknown) => {
      log.error({ err, uploadId: upload.id }, 'an upload could not be looked at; it is tried again');
      return false;
    });
    if (!isDone) pauses.lengthen(upload);
  }
}

/** @returns false where it failed by our fault */
async function finishIfComplete(
  { database }: RouteParts,
  { store, finisher, log }: Tended,
  upload: UploadRecord,
): Promise<boolean> {
  if (!(await store.isComplete(upload))) return true;
  try {
    // It waits for its team to accept them, without being read each time.
    await demandPresentAcceptance(database, upload);
  } catch (error) {
    if (error instanceof HoldoutError && error.code === 'rules_changed') return true;
    throw error;
  }
  return await finisher.attempt(upload.id, { id: null, log });
}

async function tidy({ storage, scratchDirectory }: RouteParts, store: UploadStore): Promise<void> {
  await store.removeExpired();
  await storage.removeAbandoned();
  await removeAbandonedScratch(scratchDirectory);
}

/** How long which upload is left alone. */
class Pauses {
  readonly #shortestMilliseconds: number;
  readonly #pauses = new Map<string, { milliseconds: number; until: number }>();

  constructor(shortestMilliseconds: number) {
    this.#shortestMilliseconds = shortestMilliseconds;
  }

  isPaused({ id }: UploadRecord): boolean {
    return performance.now() < (this.#pauses.get(id)?.until ?? 0);
  }

  lengthen({ id }: UploadRecord): void {
    const before = this.#pauses.get(id)?.milliseconds ?? this.#shortestMilliseconds / 2;
    const milliseconds = Math.min(before * 2, longestPauseMilliseconds);
    this.#pauses.set(id, { milliseconds, until: performance.now() + milliseconds });
  }

  /** Those that are not idle any more have ended, or are written to again. */
  forgetOthers(idle: readonly UploadRecord[]): void {
    const ids = new Set(idle.map(({ id }) => id));
    for (const id of this.#pauses.keys()) if (!ids.has(id)) this.#pauses.delete(id);
  }
}
