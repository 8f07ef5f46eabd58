import { HoldoutError, type Receipt, receiptFormat, type Submission } from '@holdout/contracts';

const withheldWords = {
  until_final: 'Its team is told it when the phase is final.',
  not_better: 'It is withheld from its team, as it does not beat the team’s best by more than chance could.',
} as const;

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
      detail: shown.withheld ? withheldWords[shown.withheld] : `It is ${shown.state}.`,
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
