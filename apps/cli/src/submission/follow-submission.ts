import { type LeaderboardEntry, leaderboardSchema, type Submission, submissionSchema } from '@holdout/contracts';
import { CommandError, interruptedError } from '../command-error.js';
import type { ServerConfig } from '../config.js';
import { leaderboardPath } from '../server/choose-phase.js';
import { followEvents } from '../server/follow-events.js';
import { requestJson } from '../server/request.js';
import type { Output } from '../terminal/output.js';
import { saySubmission } from './describe-submission.js';
import { createEventView } from './show-events.js';

/**
 * Shows a submission's states, progress and log as they come, and its score and rank at the end.
 *
 * @returns the submission as it ended: with a score, or without one
 */
export async function followSubmission(
  config: ServerConfig,
  id: string,
  output: Output,
  signal: AbortSignal,
): Promise<Submission> {
  const view = createEventView(output);
  try {
    const { onConnection } = view;
    for await (const event of followEvents(config, { submissionId: id, signal, onConnection })) view.show(event);
    view.end();
    const path = `/api/submissions/${encodeURIComponent(id)}`;
    const submission = await requestJson(config, { path, schema: submissionSchema, signal });
    saySubmission(submission, output);
    if (submission.state === 'scored') await sayRank(config, submission, output, signal);
    else output.result(submission);
    return submission;
  } catch (error) {
    const again = `Follow it again: holdout status ${id} --follow`;
    if (signal.aborted) {
      throw interruptedError('Stopped waiting; the submission goes on.', `${again}   Cancel it: holdout cancel ${id}`);
    }
    if (!(error instanceof CommandError && error.passing)) throw error;
    throw new CommandError({ ...error.problem, next: `The submission goes on. ${again}`, cause: error });
  } finally {
    view.end();
  }
}

/** Where the team now stands: by its counted entry, which need not be this one. */
async function sayRank(
  config: ServerConfig,
  submission: Submission,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const { entry, teams } = await findEntry(config, submission, signal);
  const { id, competition, phase: slug } = submission;
  const leaderboard = `${config.server}/competitions/${competition}/leaderboard?phase=${slug}${entry ? `#${id}` : ''}`;
  output.result({ ...submission, rank: entry?.rank ?? null, leaderboard });
  if (entry?.rank) output.say(`\nRank ${entry.rank} of ${teams} on the leaderboard: ${leaderboard}`);
  else if (entry) output.say(`\nOn the leaderboard, without a rank as its kappa is undefined: ${leaderboard}`);
  else output.say(`\nAnother entry of your team stays on the leaderboard: ${leaderboard}`);
}

/** A long board comes in pages; the ranks are those of the whole. */
async function findEntry(
  config: ServerConfig,
  submission: Submission,
  signal: AbortSignal,
): Promise<{ entry: LeaderboardEntry | undefined; teams: number }> {
  for (let offset = 0; ; ) {
    const request = { path: `${leaderboardPath(submission)}?offset=${offset}`, schema: leaderboardSchema, signal };
    const { entries, total, teams } = await requestJson(config, request);
    const entry = entries.find(({ submissionId }) => submissionId === submission.id);
    offset += entries.length;
    if (entry || entries.length === 0 || offset >= total) return { entry, teams };
  }
}
