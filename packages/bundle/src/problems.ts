import {
  HoldoutError,
  makeProblem,
  manifestFileName,
  type ProblemItem,
  type ProblemWords,
  type Sentence,
} from '@holdout/contracts';

/** What the manifest says of a field, and the model file does not. */
export function contradiction(field: string, found: ProblemWords, expected: Sentence): ProblemItem {
  return makeProblem('manifest_contradicts_model', { file: manifestFileName, field, found, expected });
}

const mostListed = 50;

/**
 * Refuses with every problem that was found. The code of the whole is that of the first problem.
 *
 * @throws HoldoutError unless there is no problem
 */
export function refuseProblems(problems: readonly ProblemItem[]): void {
  const [first] = problems;
  if (!first) return;
  const listed = problems.slice(0, mostListed);
  const more = problems.length - listed.length;
  const count =
    problems.length === 1
      ? first.message
      : `${problems.length} problems${more > 0 ? `, the first ${mostListed} of them listed` : ''}.`;
  throw new HoldoutError(first.code, { detail: count, problems: listed });
}

/** Names in a sentence of any language: the first of them, where there are many, and how many others there are. */
export function listNames(names: readonly string[]): string {
  const most = 10;
  const shown = names.slice(0, most).map((name) => (name.length > 200 ? `${name.slice(0, 200)}…` : name));
  return [...shown, ...(names.length > most ? [`… (+${names.length - most})`] : [])].join(', ');
}

/** Names from an archive may hold anything: what can't be shown is written as an escape. */
export function showName(name: string): string {
  const shown = JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name).slice(1, -1);
  return `“${shown}”`;
}

/** `[?, 3, 224, 224]`: what is not told is a question mark. */
export function showShape(shape: readonly (number | null)[]): string {
  return `[${shape.map((side) => side ?? '?').join(', ')}]`;
}
