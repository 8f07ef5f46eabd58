import { type CheckWarning, type ErrorCode, errorCatalogue, type ReasonStage, type Sentence } from '@holdout/contracts';

/** Why an evaluation ended without a score. */
export interface ReasonRecord {
  code: ErrorCode;
  detail: string | null;
  /** What the detail is made of; missing in events of an earlier version. */
  sentences?: readonly Sentence[];
  /** The state that it ended in. */
  stage: ReasonStage;
  /** Whether the same happened on the public sample; null where that is not known, or not told. */
  alsoOnSample: boolean | null;
}

interface EndedEvaluation {
  reasonCode: ErrorCode | null;
  reasonDetail: string | null;
  reasonSentences: readonly Sentence[];
  checkingAt: Date | null;
  runningAt: Date | null;
  scoringAt: Date | null;
  checkWarnings: readonly CheckWarning[];
}

export function toReason(row: EndedEvaluation): ReasonRecord | null {
  const { reasonCode: code, reasonDetail: detail, reasonSentences: sentences, checkWarnings } = row;
  if (code === null) return null;
  const stage = findStage(row);
  return { code, detail, sentences, stage, alsoOnSample: happenedOnSample(code, stage, checkWarnings) };
}

function findStage({ checkingAt, runningAt, scoringAt }: EndedEvaluation): ReasonStage {
  if (scoringAt) return 'scoring';
  if (runningAt) return 'running';
  return checkingAt ? 'checking' : 'queued';
}

/** What passed the check did not fail in it; but there a study without a prediction is a warning only. */
function happenedOnSample(
  code: ErrorCode,
  stage: ReasonStage,
  warnings: readonly CheckWarning[],
): ReasonRecord['alsoOnSample'] {
  if (errorCatalogue[code].fault !== 'team' || code === 'hidden_run_failed') return null;
  if (stage === 'checking') return true;
  if (stage !== 'running') return null;
  return code === 'predictions_invalid' && warnings.some((warning) => warning.code === 'study_without_prediction');
}
