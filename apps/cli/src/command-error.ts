import type { Problem, ProblemItem } from '@holdout/contracts';

/** What is shown of an error: a problem of the server, or one that only the command has. */
export interface ShownProblem {
  /** A code of the catalogue, or one of {@link CommandCode}. */
  readonly code: Problem['code'] | CommandCode;
  readonly title: string;
  readonly detail?: string | undefined;
  /** What to do or to type next. */
  readonly next: string;
  readonly problems?: readonly ProblemItem[] | undefined;
  /** HTTP status, where a server answered. */
  readonly status?: number;
  /** The request's id. */
  readonly instance?: string | undefined;
}

/** Codes that never leave a server, so they do not stand in its catalogue. */
type CommandCode =
  | 'usage'
  | 'file_unusable'
  | 'sample_invalid'
  | 'sandbox_missing'
  | 'server_unreachable'
  | 'answer_unexpected'
  | 'login_denied'
  | 'login_expired'
  | 'interrupted'
  | 'command_fault';

interface CommandErrorOptions extends ShownProblem {
  readonly exitCode?: number;
  /** It may be gone in a moment: a server that is started anew, a link that broke. */
  readonly passing?: boolean;
  readonly cause?: unknown;
}

/** Ends a command with a sentence, the next step and an exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly problem: ShownProblem;
  readonly exitCode: number;
  readonly passing: boolean;

  constructor({ exitCode = 1, passing = false, cause, ...problem }: CommandErrorOptions) {
    super(problem.title, { cause });
    this.problem = problem;
    this.exitCode = exitCode;
    this.passing = passing;
  }
}

const usageExitCode = 2;
/** What shells report of a program that Ctrl-C ended. */
export const interruptedExitCode = 130;

/** A command line that can't be obeyed; exit code 2. */
export function usageError(title: string, next: string): CommandError {
  return new CommandError({ code: 'usage', title, next, exitCode: usageExitCode });
}

/** What Ctrl-C leaves behind; exit code 130. */
export function interruptedError(title: string, next: string): CommandError {
  return new CommandError({ code: 'interrupted', title, next, exitCode: interruptedExitCode });
}
