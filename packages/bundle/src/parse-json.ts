import { makeSentence, type Sentence } from '@holdout/contracts';
import { type ParseError, parse } from 'jsonc-parser';

/**
 * Reads a file that should be JSON. Engines of JavaScript say in words of their own what is wrong with one, in English,
 * and most of them not where; so it is read once more by a parser that tells the place.
 */
export function parseJson(bytes: Uint8Array): { readonly value: unknown } | { readonly fault: Sentence } {
  const text = decode(bytes);
  if (text === null) return { fault: makeSentence('found_no_utf8', {}) };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { fault: findFault(text) };
  }
}

function findFault(text: string): Sentence {
  const faults: ParseError[] = [];
  try {
    parse(text, faults, { disallowComments: true, allowTrailingComma: false });
  } catch {
    // Unlike the engine's own it calls itself for each bracket in a bracket: of thousands the stack is full.
    return makeSentence('found_no_json', {});
  }
  const [first] = faults;
  return first ? sayPlace(text, first.offset) : makeSentence('found_no_json', {});
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function sayPlace(text: string, offset: number): Sentence {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return makeSentence('found_no_json_from', { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 });
}
