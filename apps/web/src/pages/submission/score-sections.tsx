import type { Phase, Submission } from '@holdout/contracts';
import { Comparison } from './comparison.js';
import { ConfusionMatrices } from './confusion-matrices.js';
import { Curves } from './curves.js';
import { ScoreTable } from './score-table.js';

interface ScoreSectionsProps {
  readonly submission: Submission;
  readonly phase: Phase | undefined;
}

/** What came of it, as far as the phase tells; what it hides is said to be hidden. */
export function ScoreSections({ submission, phase }: ScoreSectionsProps) {
  const { score } = submission;
  if (!score) return null;
  return (
    <>
      <ScoreTable score={score} intervals={submission.intervals} phase={phase} />
      <ConfusionMatrices score={score} />
      <Curves submission={submission} score={score} />
      <Comparison submission={submission} score={score} decimals={phase?.release.decimals ?? null} />
    </>
  );
}
