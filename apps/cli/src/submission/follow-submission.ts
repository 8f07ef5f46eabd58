import {
  isFinalState,
  leaderboardSchema,
  type Submission,
  type SubmissionEvent,
  submissionSchema,
} from '@holdout/contracts';
import type { Config } from './config.js';
import type { Output } from './output.js';
import { type Progress, startProgress } from './progress.js';
import { followEvents } from './server/follow-events.js';
import { requestJson } from './server/request.js';
import { showScore } from './show-score.js';

/**
 * Shows a submission's states, progress and log as they come, and its score and rank at the end. Sets the exit code to
 * 1 where it ends without a score.
 */
export async function followSubmission(config: Config, id: string, output: Output): Promise<void> {
  const onInterrupt = () => {
    process.stderr.write(`\nThe submission goes on. Follow it again: holdout status ${id} --follow\n`);
    process.exit(130);
  };
  process.once('SIGINT', onInterrupt);
  const shown = createEventView(output);
  for await (const event of followEvents(config, id)) shown.show(event);
  shown.end();
  process.off('SIGINT', onInterrupt);
  const submission = await requestJson(config, submissionSchema, `/api/submissions/${id}`);
  output.result(submission);
  for (const line of describeSubmission(submission)) output.say(line);
  if (submission.state === 'scored') await sayRank(config, submission, output);
  else process.exitCode = 1;
}

/** A submission as it stands, as lines. */
export function describeSubmission(submission: Submission): string[] {
  const { name, id, competition, phase, state, progress, reason, score } = submission;
  const lines = [`“${name}” (${id}) in ${competition}/${phase}: ${state}`];
  if (progress && !isFinalState(state))
    lines.push(`${progress.stage}: ${progress.imagesDone} of ${progress.imagesTotal} images`);
  if (reason) lines.push(`${reason.message} [${reason.code}]`, reason.next);
  if (score) lines.push('', ...showScore(score));
  return lines;
}

/** Where the team now stands: its best counted entry, which need not be this one. */
async function sayRank(config: Config, { competition, phase, id }: Submission, output: Output): Promise<void> {
  const path = `/api/competitions/${competition}/phases/${phase}/leaderboard`;
  const { entries } = await requestJson(config, leaderboardSchema, path);
  const ranked = entries.filter(({ rank }) => rank !== null);
  const entry = ranked.find(({ submissionId }) => submissionId === id);
  if (entry) output.say(`\nRank ${entry.rank} of ${ranked.length} teams: ${config.server}`);
  else output.say(`\nYour team has a better entry, which stays on the leaderboard: ${config.server}`);
}

function createEventView(output: Output) {
  let progress: { stage: string; bar: Progress } | null = null;
  const end = () => {
    progress?.bar.stop();
    progress = null;
  };
  return {
    show(event: SubmissionEvent) {
      if (output.json) return;
      if (event.kind === 'progress') {
        if (progress?.stage !== event.stage) {
          end();
          progress = { stage: event.stage, bar: startProgress(event.stage, event.imagesTotal) };
        }
        progress.bar.update(event.imagesDone);
        return;
      }
      end();
      output.say(event.kind === 'log' ? `  ${event.line}` : `${event.at.slice(11, 19)}  ${event.state}`);
    },
    end,
  };
}
