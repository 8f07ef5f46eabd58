import type { FilteredSubmission, FilteredSubmissions, SubmissionFilter } from '@holdout/contracts';
import { type CompetitionRecord, type Database, filterSubmissions } from '@holdout/db';
import { presentSubmission } from '../submissions/present-submission.js';

const submissionsPerPage = 100;

/** A page of a competition's submissions, as organisers list them. */
export async function filterForOrganisers(
  database: Database,
  { id: competitionId, phases }: CompetitionRecord,
  filter: SubmissionFilter,
): Promise<FilteredSubmissions> {
  const found = await filterSubmissions(database, { competitionId, filter, limit: submissionsPerPage });
  const submissions = found.submissions.flatMap((submission) => {
    const phase = phases.find(({ id }) => id === submission.phaseId);
    return phase ? [toRow(presentSubmission(submission, phase, true))] : [];
  });
  const last = submissions.length === submissionsPerPage ? submissions.at(-1) : undefined;
  return { submissions, total: found.total, next: last?.id ?? null };
}

function toRow(submission: ReturnType<typeof presentSubmission>): FilteredSubmission {
  const { id, phase, team, name, engine, bundleSizeBytes, state, progress, reason } = submission;
  const { standing, standingReason, submittedAt, score } = submission;
  const kappa = score?.overall.kappa.value ?? null;
  return {
    id,
    phase,
    team,
    name,
    engine,
    bundleSizeBytes,
    state,
    progress,
    reason,
    standing,
    standingReason,
    submittedAt,
    kappa,
  };
}
