import type { Leaderboard, LeaderboardEntry } from '@holdout/contracts';
import type { RankChange } from './explain-change.js';
import { type CellText, formatDate, formatInterval, formatMetric, formatStudyType, safeLink } from './format-value.js';
import { makeElement } from './make-element.js';

interface Column {
  readonly title: string;
  readonly className: string;
  readonly cell: (entry: LeaderboardEntry) => CellText | Node;
}

/** Which entries have just appeared; and on a past board, what became of each. */
export type ShownMarks = [
  isNew: (entry: LeaderboardEntry) => boolean,
  changeOf?: (entry: LeaderboardEntry) => RankChange | null,
];

/**
 * The leaderboard as a table. Roles are spelled out because narrow screens lay the rows out as cards,
 * and a table that is not displayed as one loses its roles.
 */
export function makeLeaderboardTable(board: Leaderboard, ...[isNew, changeOf]: ShownMarks): HTMLElement {
  const [rank, ...others] = listColumns(board);
  const columns = [...(rank ? [rank] : []), ...(changeOf ? [makeChangeColumn(changeOf)] : []), ...others];
  const head = makeElement('tr', { role: 'row' }, columns.map(makeHeading));
  const rows = board.entries.map((entry) => makeRow(columns, entry, isNew(entry)));
  return makeElement('table', { role: 'table', class: 'board', 'aria-label': `Leaderboard of ${board.phase}` }, [
    makeElement('thead', { role: 'rowgroup' }, [head]),
    makeElement('tbody', { role: 'rowgroup' }, rows),
  ]);
}

/** What tells one entry from another between two states of the board. */
export function entryKey(entry: LeaderboardEntry): string {
  return entry.submissionId ?? `${entry.kind}:${entry.name}`;
}

function listColumns({ studyTypes, decimals }: Leaderboard): Column[] {
  return [
    { title: 'Rank', className: 'rank', cell: showRank },
    { title: 'Team', className: 'team', cell: showTeam },
    { title: 'Model', className: 'model', cell: showModel },
    { title: 'Engine', className: 'engine', cell: showEngine },
    { title: 'Date', className: 'date', cell: (entry) => formatDate(entry.submittedAt) },
    { title: 'Kappa', className: 'number kappa', cell: (entry) => showKappa(entry, decimals) },
    { title: 'Vs. reader', className: 'verdict', cell: showVerdict },
    ...studyTypes.map((studyType) => ({
      title: formatStudyType(studyType),
      className: 'number',
      cell: (entry: LeaderboardEntry) => formatMetric(entry.score.byStudyType[studyType]?.kappa, decimals),
    })),
  ];
}

function makeChangeColumn(changeOf: (entry: LeaderboardEntry) => RankChange | null): Column {
  return {
    title: 'Since then',
    className: 'change',
    cell(entry) {
      const change = changeOf(entry);
      if (!change) return plain(null, 'Reference entries have no rank.');
      const { from, to, reasons } = change;
      const isSame = from === to && reasons.length === 0;
      if (isSame) return { text: 'as it was', explanation: null };
      const places = from === to ? `still ${to ?? 'unranked'}` : `${from ?? 'unranked'} → ${to ?? 'off the board'}`;
      return makeElement('span', {}, [places, ...reasons.map((reason) => makeElement('small', {}, [reason]))]);
    },
  };
}

function makeHeading(column: Column): HTMLElement {
  return makeElement('th', { role: 'columnheader', scope: 'col', class: column.className }, [column.title]);
}

function makeRow(columns: readonly Column[], entry: LeaderboardEntry, isNew: boolean): HTMLElement {
  const classes = [entry.kind === 'team' ? 'team-entry' : 'reference-entry', isNew ? 'new' : ''];
  const cells = columns.map((column) => {
    const shown = column.cell(entry);
    const content = shown instanceof Node ? shown : showText(shown);
    return makeElement('td', { role: 'cell', class: column.className, 'data-label': column.title }, [content]);
  });
  return makeElement('tr', { role: 'row', class: classes.join(' ').trim(), 'data-entry': entryKey(entry) }, cells);
}

/** The reason is a title for the mouse and a label for a screen reader; the tab key reaches it too. */
function showText({ text, explanation }: CellText): Node {
  if (explanation === null) return document.createTextNode(text);
  return makeElement('abbr', { title: explanation, 'aria-label': explanation, tabindex: '0' }, [text]);
}

/** The rank, the ranks that it could as well be, and a mark where it can't be told from the first. */
function showRank({ rank, rankInterval: ranks, toldApartFromFirst }: LeaderboardEntry): CellText | Node {
  if (rank === null) return plain(null, 'Reference entries stand in place but are not ranked.');
  if (ranks === null) return plain(String(rank), '');
  const bounds = ranks.lower === ranks.upper ? '' : `${ranks.lower}–${ranks.upper}`;
  const tied = toldApartFromFirst === false && rank > 1;
  return makeElement('span', {}, [
    String(rank),
    ...(bounds
      ? [makeElement('small', { title: '95 % of the ranks that it has when patients are drawn anew' }, [bounds])]
      : []),
    ...(tied ? [makeElement('small', { class: 'tied', title: 'It can’t be told from the first' }, ['≈ 1'])] : []),
  ]);
}

/** The value, and below it the interval that says how sure it is. */
function showKappa({ score, kappaInterval }: LeaderboardEntry, decimals: number | null): CellText | Node {
  const shown = formatMetric(score.overall.kappa, decimals);
  if (kappaInterval === null) return shown;
  const title = '95 % interval: patients drawn anew within each study type, 2,000 times';
  return makeElement('span', {}, [shown.text, makeElement('small', { title }, [formatInterval(kappaInterval)])]);
}

const verdicts = {
  'better than': { word: 'better', title: 'Better than the best reader' },
  'worse than': { word: 'worse', title: 'Worse than the best reader' },
  'not told apart from': { word: 'undecided', title: 'It can’t be told from the best reader' },
} as const;

function showVerdict({ againstBestReader }: LeaderboardEntry): CellText | Node {
  if (againstBestReader === null) {
    return plain(null, 'Reference entries, and entries that have just arrived, are not compared.');
  }
  const { word, title } = verdicts[againstBestReader];
  return makeElement('span', { title }, [word]);
}

function showTeam(entry: LeaderboardEntry): CellText | Node {
  if (entry.team !== null) return plain(entry.team, '');
  const label = entry.bestReader ? 'Best reader' : entry.kind === 'reader' ? 'Reader' : 'Baseline';
  return makeElement('span', { class: entry.bestReader ? 'badge best' : 'badge' }, [label]);
}

function showEngine({ engine, kind }: LeaderboardEntry): CellText {
  return plain(engine, kind === 'team' ? 'Only its predictions are known.' : 'Reference entries have no engine.');
}

function showModel(entry: LeaderboardEntry): CellText | Node {
  const link = safeLink(entry.link);
  if (link === null) return plain(entry.name, '');
  return makeElement('a', { href: link, rel: 'noopener noreferrer nofollow ugc' }, [entry.name]);
}

function plain(text: string | null, explanation: string): CellText {
  return text === null ? { text: '—', explanation } : { text, explanation: null };
}
