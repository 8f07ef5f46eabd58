import { type ErrorCode, errorCatalogue, HoldoutError } from '@holdout/contracts';
import { CommandError, type ShownProblem } from './command-error.js';

/** The catalogue speaks to whoever calls the API; who types a command is told what to type. */
const nextHere: Partial<Record<ErrorCode, string>> = {
  token_missing: 'Type: holdout login   Or set HOLDOUT_TOKEN, or add --token; npm start prints the demo team’s.',
  token_unknown:
    'Type: holdout login   Or correct HOLDOUT_TOKEN or --token: complete, of this server, and not revoked.',
  competition_not_found: 'Correct the name; holdout competition list shows what there is.',
  phase_not_found: 'Correct --phase; holdout competition show shows what there is.',
  not_taking_part: 'Take part first: holdout competition join',
  rules_changed:
    'Read the present rules, and accept them as an owner of the team: holdout competition join   Then type this again.',
  rules_outdated: 'Read the present rules, and accept them: holdout competition join',
  team_not_found: 'See your teams: holdout team list',
  team_name_taken: 'Choose another name.',
  already_in_team: 'See where you take part: holdout whoami   Two teams of yours can be merged: holdout team merge',
  invitation_not_found: 'See those that are open: holdout team invitations',
  personal_token_not_found: 'See your tokens: holdout token list',
  upload_not_found: 'Type the command again; what is not finished is kept for 24 hours, and a team’s latest eight.',
  route_not_found: 'Correct --server or HOLDOUT_SERVER, or bring this command to the version of the server.',
  upload_too_large: 'Leave out what the model does not need, or export a smaller one.',
  worker_not_found: 'See those that there are: holdout worker list',
  organiser_not_found: 'See who organises it: holdout admin organiser list',
  evaluation_not_found: 'Check the id and the token: only an organiser’s knows all submissions.',
  submission_not_found: 'Check the id and the token; holdout status without an id lists your team’s submissions.',
};

/** Any error as what a person is shown, always with a next step. */
export function describeError(error: unknown): ShownProblem & { exitCode: number } {
  if (error instanceof CommandError) return { ...withNext(error.problem), exitCode: error.exitCode };
  if (error instanceof HoldoutError) {
    const { code, detail, problems } = error;
    const { title, next } = errorCatalogue[code];
    const shown = { code, title, detail, next, ...(problems.length > 0 ? { problems } : {}) };
    return { ...withNext(shown), exitCode: 1 };
  }
  return { ...(describeFileError(error) ?? describeFault(error)), exitCode: 1 };
}

function withNext(problem: ShownProblem): ShownProblem {
  const entry = Object.entries(nextHere).find(([code]) => code === problem.code);
  return entry ? { ...problem, next: entry[1] } : problem;
}

const fileWords: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'it exists already',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
};

function describeFileError(error: unknown): ShownProblem | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  const words = fileWords[String(error.code)];
  if (words === undefined) return null;
  const path = 'path' in error ? String(error.path) : 'A file';
  return {
    code: 'file_unusable',
    title: `${path} can’t be used: ${words}.`,
    next: 'Correct the path, its permissions or the room on the disk, then type the command again.',
  };
}

function describeFault(error: unknown): ShownProblem {
  return {
    code: 'command_fault',
    title: 'Something went wrong in the command itself.',
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    next: 'Try again; if it stays, report it with these lines.',
  };
}
