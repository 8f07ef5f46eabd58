import { HoldoutError, type Receipt, receiptFormat, type Submission } from '@holdout/contracts';

/**
 * What a receipt says of a submission. It is made of what its team is shown, so that it never says more of a score.
 *
 * @throws HoldoutError `submission_not_scored`
 */
export function makeReceipt(shown: Submission): Receipt {
  const { score, provenance } = shown;
  const scoredAt = shown.times.scored;
  if (!score || !provenance || !scoredAt) {
    throw new HoldoutError('submission_not_scored', {
      detail: shown.withheld ? 'Its score is not shown.' : `It is ${shown.state}.`,
    });
  }
  return {
    format: receiptFormat,
    submissionId: shown.id,
    competition: shown.competition,
    phase: shown.phase,
    team: shown.team,
    name: shown.name,
    submittedAt: shown.submittedAt,
    scoredAt,
    provenance,
    score,
  };
}
