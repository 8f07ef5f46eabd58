import type { Problem } from '@holdout/contracts';

/** What the server said instead of an answer, in the catalogue's words. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly code: Problem['code'];
  readonly title: string;
  readonly detail: string | undefined;
  readonly sentences: NonNullable<Problem['sentences']>;
  /** What to do about it. */
  readonly next: string;
  readonly problems: NonNullable<Problem['problems']>;
  /** The request's id, to find it in the server's log. */
  readonly requestId: string | undefined;

  constructor(problem: Problem) {
    super(problem.detail ? `${problem.title} ${problem.detail}` : problem.title);
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.sentences = problem.sentences ?? [];
    this.next = problem.next;
    this.problems = problem.problems ?? [];
    this.requestId = problem.instance;
  }
}

/** The server could not be asked, or what answered was not ours. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}
