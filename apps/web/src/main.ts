import type { Competition } from '@holdout/contracts';
import { makeElement } from './make-element.js';
import { makePhaseSection } from './phase-section.js';

/** How soon a page that has nothing to show yet looks again: a server that is new fills up while it is watched. */
const lookAgainMilliseconds = 2000;

const main = document.querySelector('main');
if (main) void showCompetitions(main);

/** Fills the page with every competition and the leaderboards of its phases. */
async function showCompetitions(place: HTMLElement): Promise<void> {
  try {
    const competitions = await loadCompetitions();
    const [first] = competitions;
    document.title = competitions.length === 1 && first ? `${first.title} · Holdout` : 'Holdout';
    if (competitions.length === 0) setTimeout(() => void showCompetitions(place), lookAgainMilliseconds);
    place.replaceChildren(
      ...(competitions.length === 0
        ? [notice('There is no competition on this server yet. It will appear here by itself.')]
        : []),
      ...competitions.map(makeCompetition),
    );
  } catch (error) {
    place.replaceChildren(makeFailure(place, error));
  } finally {
    place.setAttribute('aria-busy', 'false');
  }
}

async function loadCompetitions(): Promise<Competition[]> {
  const response = await fetch('/api/competitions', { headers: { accept: 'application/json' } });
  const body = await response.json();
  if (!response.ok) throw new Error(`${body.title} ${body.next}`);
  return body.competitions;
}

function makeCompetition(competition: Competition): HTMLElement {
  return makeElement('article', { class: 'competition', id: competition.competition }, [
    makeElement('h1', {}, [competition.title]),
    competition.description === '' ? null : makeElement('p', { class: 'lead' }, [competition.description]),
    competition.rules === '' ? null : makeRules(competition.rules),
    competition.phases.length === 0 ? notice('This competition has no phase yet.') : null,
    ...competition.phases.map((phase) => makePhaseSection(competition, phase)),
  ]);
}

function makeRules(rules: string): HTMLElement {
  return makeElement('details', { class: 'instructions rules' }, [
    makeElement('summary', {}, ['Rules']),
    makeElement('pre', {}, [rules]),
  ]);
}

function makeFailure(place: HTMLElement, error: unknown): HTMLElement {
  const reason = error instanceof Error ? error.message : String(error);
  const again = makeElement('button', { type: 'button' }, ['Try again']);
  again.addEventListener('click', () => void showCompetitions(place));
  return makeElement('div', { class: 'notice failure', role: 'alert' }, [
    makeElement('p', {}, [`The competitions could not be loaded. ${reason}`]),
    again,
  ]);
}

function notice(text: string): HTMLElement {
  return makeElement('p', { class: 'notice' }, [text]);
}
