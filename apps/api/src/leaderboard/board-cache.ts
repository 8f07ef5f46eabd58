import { HoldoutError } from '@holdout/contracts';
import {
  type BoardPage,
  type Database,
  listVersionsOfPhase,
  type PhaseRecord,
  readBoardStatistics,
  readLeaderboard,
  readPastBoard,
} from '@holdout/db';
import type { ChangeFeed } from '../change-feed.js';
import { findPhaseOrThrow } from '../competitions/find-phase.js';
import { PreparedBoard } from './prepared-board.js';
import { presentHiddenLeaderboard, presentLeaderboard, presentPastLeaderboard } from './present-leaderboard.js';
import { SharedReads } from './shared-reads.js';

/** Which board: the present one, that of a past moment, or that of a version of the test set. */
export interface BoardRequest extends BoardPage {
  address: PhaseAddress;
  at?: Date | undefined;
  version?: string | undefined;
}

interface PhaseAddress {
  competition: string;
  phase: string;
}

const mebibyte = 1024 ** 2;
/** A few things, such as a team's new name, come without a notice. */
const keepSeconds = 5;
const keepPastSeconds = 60;
/** What a transaction that was open then may still write is in by now. */
const settledMilliseconds = 60_000;

/**
 * Lets everybody share one read of each page of a board. A change of the phase drops them before any stream is woken,
 * and every answer waits until the changes that came before its question are known: so whoever reads after a change
 * reads what it changed.
 */
export class BoardCache {
  readonly #phases = new Map<string, { phase: Promise<PhaseRecord>; staleAt: number }>();
  readonly #boards = new SharedReads<PreparedBoard>({ ...sizes(64), atOnce: 4, maxWaiting: 100 });
  /** Worked out from the whole history, and open to everybody: never many at one time. */
  readonly #pastBoards = new SharedReads<PreparedBoard>({ ...sizes(32), atOnce: 2, maxWaiting: 20 });
  readonly #database: Database;
  readonly #changes: ChangeFeed;

  constructor(database: Database, changes: ChangeFeed) {
    this.#database = database;
    this.#changes = changes;
    changes.subscribe((change) => {
      if (change?.progress) return;
      this.#forget(change?.phaseId);
    });
  }

  /**
   * @throws HoldoutError `competition_not_found`, `phase_not_found`, `version_not_found`, or `server_busy`
   */
  async read({ address, at, version, offset, limit }: BoardRequest): Promise<PreparedBoard> {
    // Where changes may be missed, nothing that is kept can be trusted.
    await this.#changes.caughtUp().catch(() => this.#forget());
    const phase = await this.#findPhase(address);
    const page = { offset, limit };
    const key = [phase.id, at?.getTime(), version, offset, limit].join();
    if (at === undefined && (version === undefined || version === phase.testSetDigest)) {
      const { state, from } = phase.release;
      if (state === 'frozen' && from) return await this.#readPast(phase, from, page);
    }
    if (at === undefined) {
      const read = () => this.#readBoard(phase, version, page);
      return await this.#boards.get({ key, group: phase.id, keepSeconds, read });
    }
    return await this.#readPast(phase, at, page);
  }

  /** Nothing of what is hidden or frozen until the phase is final. */
  async #readPast(phase: PhaseRecord, asked: Date, page: BoardPage): Promise<PreparedBoard> {
    const { state, from } = phase.release;
    const isLater = from !== null && asked > from;
    if (state === 'hidden' && isLater) return await this.#readHidden(phase, page);
    const at = state === 'frozen' && isLater ? from : asked;
    const key = [phase.id, 'past', at.getTime(), page.offset, page.limit].join();
    const isSettled = at.getTime() < Date.now() - settledMilliseconds;
    const kept = isSettled ? { group: '', keepSeconds: keepPastSeconds } : { group: phase.id, keepSeconds };
    const read = async () => {
      const past = await readPastBoard(this.#database, phase.id, at, page);
      return new PreparedBoard(presentPastLeaderboard(phase, past, { at, offset: page.offset }));
    };
    return await this.#pastBoards.get({ key, ...kept, read });
  }

  #forget(phaseId?: string): void {
    this.#phases.clear();
    this.#boards.drop(phaseId);
    this.#pastBoards.drop(phaseId);
  }

  /** Only phases that there are stay, so that no more are kept than there are. */
  #findPhase(address: PhaseAddress): Promise<PhaseRecord> {
    const key = `${address.competition}/${address.phase}`;
    const known = this.#phases.get(key);
    if (known && known.staleAt > performance.now()) return known.phase;
    const phase = findPhaseOrThrow(this.#database, address);
    const kept = { phase, staleAt: performance.now() + keepSeconds * 1000 };
    this.#phases.set(key, kept);
    phase.catch(() => {
      if (this.#phases.get(key) === kept) this.#phases.delete(key);
    });
    return phase;
  }

  async #readBoard(phase: PhaseRecord, version: string | undefined, page: BoardPage): Promise<PreparedBoard> {
    const { id: phaseId } = phase;
    const testSetVersionId = version === undefined ? phase.testSetVersionId : await this.#findVersion(phaseId, version);
    if (phase.release.state === 'hidden') return await this.#readHidden(phase, page);
    if (phase.release.state === 'frozen') {
      // What is scored on another version still moves it.
      throw new HoldoutError('version_not_found', { detail: 'While the board is frozen, no other is shown.' });
    }
    const board = await readLeaderboard(this.#database, phaseId, testSetVersionId, page);
    const statistics = await readBoardStatistics(this.#database, { phaseId, testSetVersionId });
    const shown = version === undefined ? phase : { ...phase, testSetDigest: version };
    return new PreparedBoard(presentLeaderboard(shown, { ...board, offset: page.offset }, statistics));
  }

  async #readHidden(phase: PhaseRecord, { offset }: BoardPage): Promise<PreparedBoard> {
    const { waiting } = await readLeaderboard(this.#database, phase.id, phase.testSetVersionId, {
      offset: 0,
      limit: 0,
    });
    return new PreparedBoard(presentHiddenLeaderboard(phase, { waiting, offset }));
  }

  /** @throws HoldoutError `version_not_found`, also for one that the phase is only changing to */
  async #findVersion(phaseId: string, digest: string): Promise<string> {
    const versions = await listVersionsOfPhase(this.#database, phaseId);
    const version = versions.find((each) => each.digest === digest && each.currentFrom !== null);
    if (!version) throw new HoldoutError('version_not_found', { detail: `Found ${digest}.` });
    return version.id;
  }
}

/** A page weighs twice: it is kept compressed too, and as text where a stream sends it. */
function sizes(mebibytes: number) {
  return { maxBytes: mebibytes * mebibyte, sizeBytes: ({ json }: PreparedBoard) => json.length * 2 };
}
