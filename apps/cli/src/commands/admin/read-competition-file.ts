import { readFile } from 'node:fs/promises';
import {
  type CompetitionFileInput,
  competitionFileSchema,
  describeIssue,
  HoldoutError,
  type ProblemItem,
} from '@holdout/contracts';
import { isNode, LineCounter, type Node, parseDocument } from 'yaml';
import { CommandError } from '../../command-error.js';
import { findMisusedAliases } from './find-misused-aliases.js';

/**
 * Reads a competition's YAML, and finds everything that is wrong in it, by line, before any server is asked.
 *
 * @throws CommandError `file_unusable`, HoldoutError `competition_invalid`
 */
export async function readCompetitionFile(path: string): Promise<CompetitionFileInput> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const title = `The file ${path} can’t be read.`;
    throw new CommandError({ code: 'file_unusable', title, next: 'Correct the path.', cause });
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const malformed = document.errors.map(({ code, message, pos: [from] }) => {
    const [words = message] = message.split('\n');
    // The parser's own words are of its stack.
    const isDeep = code === 'RESOURCE_EXHAUSTION';
    const said = isDeep ? 'it is nested too deep to be read; write it less deep' : `it is no YAML: ${words}`;
    return makeProblem(path, lines.linePos(from).line, said);
  });
  if (malformed.length > 0) throw refuse(malformed);
  const misused = findMisusedAliases(document);
  if (misused.length > 0) {
    throw refuse(misused.map(({ alias, words }) => makeProblem(path, lineOf(alias), words)));
  }
  const content: unknown = document.toJS();
  const parsed = competitionFileSchema.safeParse(content);
  if (parsed.success) return content as CompetitionFileInput;
  const problems = parsed.error.issues.flatMap((issue) => {
    const field = issue.path.map(String).join('.');
    const place = { file: path, line: findLine(issue.path), ...(field === '' ? {} : { field }) };
    return describeIssue('competition_invalid', place, issue);
  });
  throw refuse(problems);

  /** Of what the path names, or of what it should have been in. */
  function findLine(keys: readonly PropertyKey[]): number {
    for (let length = keys.length; length > 0; length--) {
      const node = document.getIn(keys.slice(0, length), true);
      if (isNode(node) && node.range) return lineOf(node);
    }
    return 1;
  }

  function lineOf({ range }: Pick<Node, 'range'>): number {
    return range ? lines.linePos(range[0]).line : 1;
  }
}

function makeProblem(file: string, line: number, words: string): ProblemItem {
  return { code: 'competition_invalid', file, line, message: `${file}, line ${line}: ${words}.` };
}

function refuse(problems: ProblemItem[]): HoldoutError {
  return new HoldoutError('competition_invalid', { problems });
}
