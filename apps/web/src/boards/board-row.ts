import type { Leaderboard, LeaderboardEntry, MetricName, MetricValue } from '@holdout/contracts';

/** What a row of the board shows of an entry; the rest of the entry, most of it, is let go of. */
export interface BoardRow extends Omit<LeaderboardEntry, 'score'> {
  /** Names the row in the page's address: the submission, or which reader. */
  readonly key: string;
  /** Where it stands on the board, from 0. */
  readonly place: number;
  readonly kappa: MetricValue;
  /** The metrics that the phase ranks by besides. */
  readonly metrics: Readonly<Partial<Record<MetricName, MetricValue>>>;
  readonly kappaByType: Readonly<Record<string, MetricValue>>;
}

/** A board without its rows. */
export type BoardFacts = Omit<Leaderboard, 'entries' | 'offset'>;

/** Some rows of a board, from the one at `offset` on. */
export interface BoardPage {
  readonly facts: BoardFacts;
  readonly offset: number;
  readonly rows: readonly BoardRow[];
}

export function toBoardPage({ entries, offset, ...facts }: Leaderboard): BoardPage {
  const others = listOtherMetrics(facts);
  return { facts, offset, rows: entries.map((entry, index) => toRow(entry, offset + index, others)) };
}

/** The key of a reader's row, which need not have been read. */
export function keyOfReader(name: string): string {
  return keyOfReference({ kind: 'reader', name });
}

function keyOfReference({ kind, name }: Pick<LeaderboardEntry, 'kind' | 'name'>): string {
  return `${kind}-${name}`;
}

/** The metrics that a phase ranks by, apart from kappa, which is always shown. */
export function listOtherMetrics({ ranking }: Pick<BoardFacts, 'ranking'>): MetricName[] {
  return ranking.by.filter((metric) => metric !== 'kappa');
}

function toRow({ score, ...entry }: LeaderboardEntry, place: number, metrics: readonly MetricName[]): BoardRow {
  return {
    ...entry,
    key: entry.submissionId ?? keyOfReference(entry),
    place,
    kappa: score.overall.kappa,
    metrics: Object.fromEntries(metrics.map((metric) => [metric, score.overall[metric]])),
    kappaByType: Object.fromEntries(Object.entries(score.byStudyType).map(([type, { kappa }]) => [type, kappa])),
  };
}
