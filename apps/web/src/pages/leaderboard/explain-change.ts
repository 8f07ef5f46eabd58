import type { MetricName } from '@holdout/contracts';
import type { BoardFacts, BoardRow } from '../../boards/board-row.js';

/** What became of an entry of a past board. */
export interface RankChange {
  readonly from: number | null;
  /** null where it is not on the board any more, or has no rank. */
  readonly to: number | null;
  /** What changed the rank; none where it is as it was. */
  readonly reasons: readonly ChangeReason[];
}

export type ChangeReason =
  | { readonly kind: 'gone' }
  | { readonly kind: 'rules'; readonly by: readonly MetricName[] }
  | { readonly kind: 'otherEntry'; readonly name: string; readonly kappas: Kappas }
  | { readonly kind: 'newVersion' | 'evaluatedAnew'; readonly kappas: Kappas }
  /** Names of teams, as many as can be read, and how many more there are. */
  | { readonly kind: TeamsReason; readonly teams: readonly string[]; readonly more: number };
export type TeamsReason = 'newAbove' | 'passedBy' | 'fellBehind' | 'left';
type Kappas = readonly [before: number | null, after: number | null];

/** A board of one moment, whole. */
export interface MomentBoard {
  readonly facts: Pick<BoardFacts, 'testSetVersion' | 'ranking'>;
  readonly rows: readonly BoardRow[];
}

type Ranked = BoardRow & { team: string; rank: number };
const mostNames = 5;

/**
 * Compares teams' places on a past board with their places now.
 *
 * @returns what tells what lies between, of a row of the past board; null for references
 */
export function compareBoards(then: MomentBoard, now: MomentBoard): (row: BoardRow) => RankChange | null {
  const [thenByTeam, nowByTeam] = [then, now].map(({ rows }) => new Map(rows.map((row) => [row.team, row])));
  const isOtherVersion = then.facts.testSetVersion !== now.facts.testSetVersion;
  const rules = explainRules(then, now);
  return (row) => {
    if (row.team === null) return null;
    const present = nowByTeam?.get(row.team);
    if (!present) return { from: row.rank, to: null, reasons: [{ kind: 'gone' }] };
    const others = (): ChangeReason[] => {
      const [aboveThen, aboveNow] = [listAbove(then, row), listAbove(now, present)];
      const [setThen, setNow] = [new Set(aboveThen), new Set(aboveNow)];
      const risen = aboveNow.filter((team) => !setThen.has(team));
      const fallen = aboveThen.filter((team) => !setNow.has(team));
      return [
        ...name(
          'newAbove',
          risen.filter((team) => !thenByTeam?.has(team)),
        ),
        ...name(
          'passedBy',
          risen.filter((team) => thenByTeam?.has(team)),
        ),
        ...name(
          'fellBehind',
          fallen.filter((team) => nowByTeam?.has(team)),
        ),
        ...name(
          'left',
          fallen.filter((team) => !nowByTeam?.has(team)),
        ),
      ];
    };
    const reasons = [
      ...rules,
      ...explainOwn(row, present, isOtherVersion),
      ...(row.rank === present.rank ? [] : others()),
    ];
    return { from: row.rank, to: present.rank, reasons };
  };
}

function explainRules({ facts: { ranking: before } }: MomentBoard, { facts: { ranking: after } }: MomentBoard) {
  if (before.by.join() === after.by.join() && before.ties === after.ties) return [];
  return [{ kind: 'rules' as const, by: after.by }];
}

function explainOwn(row: BoardRow, present: BoardRow, isOtherVersion: boolean): ChangeReason[] {
  const kappas: Kappas = [row.kappa.value, present.kappa.value];
  if (row.submissionId !== present.submissionId) return [{ kind: 'otherEntry', name: present.name, kappas }];
  if (kappas[0] === kappas[1]) return [];
  return [{ kind: isOtherVersion ? 'newVersion' : 'evaluatedAnew', kappas }];
}

function listAbove({ rows }: MomentBoard, own: BoardRow): string[] {
  return rows.filter((row): row is Ranked => isAbove(row, own)).map(({ team }) => team);
}

function isAbove(other: BoardRow, own: BoardRow): boolean {
  if (other.team === null || other.rank === null || other.team === own.team) return false;
  return own.rank === null || other.rank < own.rank;
}

function name(kind: TeamsReason, teams: readonly string[]): ChangeReason[] {
  if (teams.length === 0) return [];
  return [{ kind, teams: teams.slice(0, mostNames), more: Math.max(0, teams.length - mostNames) }];
}
