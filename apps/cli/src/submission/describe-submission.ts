import { isFinalState, type Submission } from '@holdout/contracts';
import type { Output } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';
import { sayScore } from '../terminal/show-score.js';

const withheldWords: Record<NonNullable<Submission['withheld']>, string> = {
  until_final: 'Its score is shown when the phase is final.',
  not_better:
    'Its score is not shown: it does not beat your best one by more than chance could (the phase has a ladder).',
};

/** Says a submission as it stands: its state, how far it is, why it ended without a score, or its score. */
export function saySubmission(submission: Submission, output: Output): void {
  const { name, id, competition, phase, state, progress, reason, score } = submission;
  output.title(`${printable(name)} (${id}) in ${competition}/${phase}: ${state}`);
  if (progress && !isFinalState(state)) {
    output.say(`${progress.stage}: ${progress.imagesDone} of ${progress.imagesTotal} images`);
  }
  for (const { message } of submission.warnings) output.say(`Warning of the check: ${printable(message)}`);
  if (reason) {
    output.say(`${printable(reason.message)} [${reason.code}]`);
    output.say(printable(reason.next));
  }
  if (submission.standing !== 'counted') {
    const { standing, standingReason } = submission;
    const why = standingReason ? `: ${printable(standingReason)}` : '';
    output.say(`It does not count: an organiser has ${standing} it${why}.`);
  }
  if (submission.withheld) output.say(withheldWords[submission.withheld]);
  if (!score) return;
  output.say('');
  sayScore(score, output);
}
