import type { BaselineError } from '@holdout/baseline';
import { CommandError } from '../../command-error.js';

/** What can't be trained or exported, with every problem. */
export function explainBaselineError({ message, next, problems, cause }: BaselineError): CommandError {
  const items = problems.map((each) => ({ code: 'test_set_invalid' as const, message: each }));
  return new CommandError({ code: 'file_unusable', title: message, next, problems: items, cause });
}
