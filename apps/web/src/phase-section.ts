import type { Competition, Leaderboard, LeaderboardEntry, Phase } from '@holdout/contracts';
import { describePhase, describeVisibility } from './describe-phase.js';
import { explainChange } from './explain-change.js';
import { followLeaderboard } from './follow-leaderboard.js';
import { formatWaiting } from './format-value.js';
import { entryKey, makeLeaderboardTable, type ShownMarks } from './leaderboard-table.js';
import { makeElement } from './make-element.js';
import { makePastControl } from './past-board.js';

/** More rows than this are slow to draw anew with every change, and nobody reads them. */
const shownEntries = 500;

/** One phase: its title, its live leaderboard, and how to take part in it. */
export function makePhaseSection(competition: Competition, phase: Phase): HTMLElement {
  const id = `${competition.competition}-${phase.phase}`;
  const connection = makeElement('span', { class: 'connection' }, ['Connecting…']);
  const waiting = makeElement('span', { role: 'status' });
  const board = makeElement('div', { class: 'board-frame', 'aria-busy': 'true' }, [
    makeElement('p', { class: 'notice' }, ['Loading the leaderboard…']),
  ]);
  const past = followPhase(competition, phase, { board, waiting, connection });
  return makeElement('section', { class: 'phase', id, 'aria-labelledby': `${id}-title` }, [
    makeElement('h2', { id: `${id}-title` }, [
      phase.title,
      ' ',
      makeElement('span', { class: 'badge' }, [phase.visibility === 'hidden' ? 'Hidden test set' : 'Public']),
    ]),
    phase.description === '' ? null : makeElement('p', {}, [phase.description]),
    makeElement('p', { class: 'facts' }, [
      `${phase.studies} studies, ${phase.images} images. ${describePhase(phase)} `,
      waiting,
      ' ',
      connection,
    ]),
    past,
    board,
    makeInstructions(competition, phase),
  ]);
}

interface PhaseParts {
  readonly board: HTMLElement;
  readonly waiting: HTMLElement;
  readonly connection: HTMLElement;
}

/** @returns what chooses a past board */
function followPhase(competition: Competition, phase: Phase, parts: PhaseParts): HTMLElement {
  let latest: Leaderboard | null = null;
  let past: Leaderboard | null = null;
  const address = leaderboardAddress(competition, phase);
  followLeaderboard(`${address}/events?limit=${shownEntries}`, {
    onBoard: (board) => {
      const known = latest && new Set(latest.entries.map(entryKey));
      latest = board;
      showWaiting(parts.waiting, board.waiting);
      if (past) showPast(parts.board, past, board);
      else showBoard(parts.board, board, known);
    },
    onConnection: (state) => {
      parts.connection.textContent = state === 'live' ? 'Live' : 'Connection lost; trying again…';
      parts.connection.dataset.state = state;
    },
  });
  return makePastControl({
    address,
    limit: shownEntries,
    onBoard: (board) => {
      past = board;
      if (past && latest) showPast(parts.board, past, latest);
      else if (latest) showBoard(parts.board, latest, null);
    },
    onFailure: (reason) => {
      parts.board.replaceChildren(
        makeElement('p', { class: 'notice failure', role: 'alert' }, [`That board could not be read. ${reason}`]),
      );
    },
  });
}

function leaderboardAddress(competition: Competition, phase: Phase): string {
  const path = ['api', 'competitions', competition.competition, 'phases', phase.phase, 'leaderboard'];
  return `/${path.map(encodeURIComponent).join('/')}`;
}

/** Written only when it changes, because a screen reader reads every change aloud. */
function showWaiting(place: HTMLElement, waiting: number): void {
  const text = formatWaiting(waiting);
  if (place.textContent !== text) place.textContent = text;
}

/** Entries that were not on the board before are marked, so that a row that appears is seen. */
function showBoard(place: HTMLElement, board: Leaderboard, known: ReadonlySet<string> | null): void {
  const isNew = (entry: LeaderboardEntry) => known !== null && !known.has(entryKey(entry));
  const note = describeVisibility(board);
  place.setAttribute('aria-busy', 'false');
  place.replaceChildren(
    ...(note === null ? [] : [notice(note)]),
    ...(board.visibility.state === 'hidden' ? [] : [makeBoard(board, isNew)]),
    ...describeRest(board),
  );
}

/** A past board, with what became of each entry since. */
function showPast(place: HTMLElement, past: Leaderboard, latest: Leaderboard): void {
  place.setAttribute('aria-busy', 'false');
  place.replaceChildren(
    notice(`The board as it stood on ${new Date(past.at ?? '').toLocaleString('en-GB')}.`),
    makeBoard(
      past,
      () => false,
      (entry) => explainChange(entry, past, latest),
    ),
    ...describeRest(past),
  );
}

function makeBoard(board: Leaderboard, ...more: ShownMarks): HTMLElement {
  if (board.entries.length > 0) return makeLeaderboardTable(board, ...more);
  return notice(board.at ? 'There was no entry yet.' : 'There is no entry yet. The first one can be yours.');
}

function describeRest({ entries, total }: Leaderboard): HTMLElement[] {
  return entries.length < total ? [notice(`The first ${entries.length} of ${total} entries.`)] : [];
}

function notice(text: string): HTMLElement {
  return makeElement('p', { class: 'notice' }, [text]);
}

function makeInstructions(competition: Competition, phase: Phase): HTMLElement {
  const lines = [
    `export HOLDOUT_SERVER=${location.origin} HOLDOUT_TOKEN=your-team-token`,
    'npx holdout check my-model.zip',
    `npx holdout submit my-model.zip --competition ${competition.competition} --phase ${phase.phase} --wait`,
  ];
  return makeElement('details', { class: 'instructions', open: '' }, [
    makeElement('summary', {}, ['How to submit']),
    makeElement('pre', { tabindex: '0', 'aria-label': `Commands that submit to ${phase.title}` }, [
      makeElement('code', {}, [lines.join('\n')]),
    ]),
  ]);
}
