import { type EndFault, isFinalState, type Submission } from '@holdout/contracts';
import type { Output } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';
import { sayScore } from '../terminal/show-score.js';

const withheldWords: Record<NonNullable<Submission['withheld']>, string> = {
  until_final: 'Its score is shown when the phase is final.',
  not_better:
    'Its score is not shown: it does not beat your best one by more than chance could (the phase has a ladder).',
};

const cancellerWords: Record<EndFault, string> = { team: 'its team', organiser: 'an organiser', server: 'the server' };

/** Says a submission as it stands: its state, how far it is, why it ended without a score, or its score. */
export function saySubmission(submission: Submission, output: Output): void {
  const { name, id, competition, phase, state, progress, reason, fault, score } = submission;
  output.title(`${printable(name)} (${id}) in ${competition}/${phase}: ${state}`);
  if (progress && !isFinalState(state)) {
    output.say(`${progress.stage}: ${progress.imagesDone} of ${progress.imagesTotal} images`);
  }
  for (const { message } of submission.warnings) output.say(`Warning of the check: ${printable(message)}`);
  if (reason) {
    output.say(`${printable(reason.message)} [${reason.code}]`);
    output.say(`Whose fault: ${fault === 'server' ? 'the server’s' : 'the bundle’s'}. ${printable(reason.next)}`);
  }
  if (state === 'cancelled' && fault) output.say(`It was cancelled by ${cancellerWords[fault]}.`);
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
