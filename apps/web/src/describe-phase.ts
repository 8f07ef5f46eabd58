import type { Leaderboard, Phase } from '@holdout/contracts';

const metricWords: Readonly<Record<Phase['ranking']['by'][number], string>> = {
  kappa: 'Cohen’s kappa with the gold standard',
  accuracy: 'accuracy',
  balancedAccuracy: 'balanced accuracy',
  sensitivity: 'sensitivity',
  specificity: 'specificity',
  f1: 'F1',
  auroc: 'area under the ROC curve',
};

/** How a phase ranks, what of a team counts, and when it takes submissions: in sentences. */
export function describePhase({ ranking, counted, release, window, opens, closes }: Phase): string {
  const metrics = ranking.by.map((metric) => metricWords[metric]).join(', then ');
  return [
    `Ranked by ${metrics}.`,
    ...(counted === 'last' ? ['A team’s last submission counts.'] : []),
    ...(typeof counted === 'object' ? ['The best of what a team chose counts.'] : []),
    ...(release.scores === 'ladder' ? ['A score is shown where it beats the team’s best by more than chance.'] : []),
    ...(window === 'before' && opens ? [`It opens on ${formatMoment(opens)}.`] : []),
    ...(window === 'open' && closes ? [`It closes on ${formatMoment(closes)}.`] : []),
    ...(window === 'after' ? ['It is closed.'] : []),
  ].join(' ');
}

/** Why a board is not what it seems; null where it is live. */
export function describeVisibility({ visibility: { state, from, final } }: Leaderboard): string | null {
  const until = final ? `until ${formatMoment(final)}` : 'until the organisers show it';
  if (state === 'hidden') return `This board is hidden ${until}.`;
  if (state === 'frozen')
    return `This board is frozen as it stood on ${from ? formatMoment(from) : 'a past day'}, ${until}.`;
  return state === 'final' ? 'This board is final.' : null;
}

function formatMoment(time: string): string {
  return new Date(time).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}
