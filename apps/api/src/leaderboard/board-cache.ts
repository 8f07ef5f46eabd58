import { createHash } from 'node:crypto';
import { HoldoutError, type Leaderboard } from '@holdout/contracts';
import {
  type Database,
  findPhase,
  listVersionsOfPhase,
  type PhaseRecord,
  readBoardStatistics,
  readLeaderboard,
  readPastBoard,
} from '@holdout/db';
import type { ChangeFeed } from '../change-feed.js';
import { presentHiddenLeaderboard, presentLeaderboard, presentPastLeaderboard } from './present-leaderboard.js';

/** A board and the name of its contents: the same board always has the same version. */
export interface VersionedBoard {
  readonly board: Leaderboard;
  readonly version: string;
}

/** Reads the board as it is now. */
export async function readBoard(database: Database, phase: PhaseRecord): Promise<VersionedBoard> {
  const { id: phaseId, testSetVersionId, release } = phase;
  if (release.state === 'frozen' && release.from) return readBoardAt(database, phase, release.from);
  const board = await readLeaderboard(database, phaseId, testSetVersionId);
  if (release.state === 'hidden') return nameBoard(presentHiddenLeaderboard(phase, board.waiting));
  const statistics = await readBoardStatistics(database, { phaseId, testSetVersionId });
  return nameBoard(presentLeaderboard(phase, board, statistics));
}

/** Works out the board as it stood at a past moment; nothing of what is hidden or frozen until the phase is final. */
export async function readBoardAt(database: Database, phase: PhaseRecord, at: Date): Promise<VersionedBoard> {
  const { state, from } = phase.release;
  const isLater = from !== null && at > from;
  if (state === 'hidden' && isLater) return nameBoard(presentHiddenLeaderboard(phase, 0));
  if (state === 'frozen' && isLater) return readBoardAt(database, phase, from);
  return nameBoard(presentPastLeaderboard(phase, await readPastBoard(database, phase.id, at), at));
}

/**
 * Reads the board of a version of the test set that the phase has or had.
 *
 * @throws HoldoutError `version_not_found`, also for one that the phase is only changing to
 */
export async function readBoardOf(database: Database, phase: PhaseRecord, digest: string): Promise<VersionedBoard> {
  const versions = await listVersionsOfPhase(database, phase.id);
  const version = versions.find((each) => each.digest === digest && each.currentFrom !== null);
  if (!version) throw new HoldoutError('version_not_found', { detail: `Found ${digest}.` });
  if (version.id === phase.testSetVersionId || phase.release.state === 'hidden') return readBoard(database, phase);
  const board = await readLeaderboard(database, phase.id, version.id);
  const statistics = await readBoardStatistics(database, { phaseId: phase.id, testSetVersionId: version.id });
  return nameBoard(presentLeaderboard({ ...phase, testSetDigest: digest }, board, statistics));
}

function nameBoard(board: Leaderboard): VersionedBoard {
  const version = createHash('sha256').update(JSON.stringify(board)).digest('base64url').slice(0, 27);
  return { board, version };
}

/**
 * Lets every open page share one read of a board. A change of the phase drops it before any stream is woken,
 * so whoever reads after a change reads what it changed.
 */
export class BoardCache {
  readonly #boards = new Map<string, { read: Promise<VersionedBoard>; staleAt: number }>();
  readonly #database: Database;

  constructor(database: Database, changes: ChangeFeed) {
    this.#database = database;
    changes.subscribe((change) => (change ? this.#boards.delete(change.phaseId) : this.#boards.clear()));
  }

  read(phase: PhaseRecord): Promise<VersionedBoard> {
    const known = this.#boards.get(phase.id);
    if (known && known.staleAt > performance.now()) return known.read;
    const read = this.#readNow(phase);
    // Reference entries come without a notice, so a board is never kept for long.
    this.#boards.set(phase.id, { read, staleAt: performance.now() + 5000 });
    read.catch(() => this.#boards.delete(phase.id));
    return read;
  }

  /** The phase may have changed to another version of its test set since its stream began. */
  async #readNow(phase: PhaseRecord): Promise<VersionedBoard> {
    return await readBoard(this.#database, (await findPhase(this.#database, phase.competition, phase.slug)) ?? phase);
  }
}
