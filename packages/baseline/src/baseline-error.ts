/** What a person who trains can mend: a sentence of what is wrong, and one of what to do. */
export class BaselineError extends Error {
  override readonly name = 'BaselineError';
  readonly next: string;
  /** One line each, where there are several. */
  readonly problems: readonly string[];

  constructor(title: string, next: string, { problems = [], cause }: { problems?: string[]; cause?: unknown } = {}) {
    super(title, { cause });
    this.next = next;
    this.problems = problems;
  }
}
