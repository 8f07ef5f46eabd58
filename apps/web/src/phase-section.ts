import type { Competition, Leaderboard, Phase } from '@holdout/contracts';
import { followLeaderboard } from './follow-leaderboard.js';
import { formatWaiting } from './format-value.js';
import { entryKey, makeLeaderboardTable } from './leaderboard-table.js';
import { makeElement } from './make-element.js';

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
  followPhase(competition, phase, { board, waiting, connection });
  return makeElement('section', { class: 'phase', id, 'aria-labelledby': `${id}-title` }, [
    makeElement('h2', { id: `${id}-title` }, [
      phase.title,
      ' ',
      makeElement('span', { class: 'badge' }, [phase.visibility === 'hidden' ? 'Hidden test set' : 'Public']),
    ]),
    phase.description === '' ? null : makeElement('p', {}, [phase.description]),
    makeElement('p', { class: 'facts' }, [
      `${phase.studies} studies, ${phase.images} images. Ranked by Cohen’s kappa with the gold standard. `,
      waiting,
      ' ',
      connection,
    ]),
    board,
    makeInstructions(competition, phase),
  ]);
}

interface PhaseParts {
  readonly board: HTMLElement;
  readonly waiting: HTMLElement;
  readonly connection: HTMLElement;
}

function followPhase(competition: Competition, phase: Phase, parts: PhaseParts): void {
  let known: ReadonlySet<string> | null = null;
  followLeaderboard(leaderboardAddress(competition, phase), {
    onBoard: (board) => {
      const before = known;
      showBoard(parts, board, before);
      known = new Set(board.entries.map(entryKey));
    },
    onConnection: (state) => {
      parts.connection.textContent = state === 'live' ? 'Live' : 'Connection lost; trying again…';
      parts.connection.dataset.state = state;
    },
  });
}

function leaderboardAddress(competition: Competition, phase: Phase): string {
  const path = ['api', 'competitions', competition.competition, 'phases', phase.phase, 'leaderboard', 'events'];
  return `/${path.map(encodeURIComponent).join('/')}?limit=${shownEntries}`;
}

/** Entries that were not on the board before are marked, so that a row that appears is seen. */
function showBoard(parts: PhaseParts, board: Leaderboard, known: ReadonlySet<string> | null): void {
  const text = formatWaiting(board.waiting);
  // Written only when it changes, because a screen reader reads every change aloud.
  if (parts.waiting.textContent !== text) parts.waiting.textContent = text;
  parts.board.setAttribute('aria-busy', 'false');
  parts.board.replaceChildren(
    board.entries.length === 0
      ? makeElement('p', { class: 'notice' }, ['There is no entry yet. The first one can be yours.'])
      : makeLeaderboardTable(board, (entry) => known !== null && !known.has(entryKey(entry))),
    ...(board.entries.length < board.total
      ? [makeElement('p', { class: 'notice' }, [`The first ${board.entries.length} of ${board.total} entries.`])]
      : []),
  );
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
