import { type ErrorCode, LineCounter, parseDocument } from 'yaml';
import type { CompetitionDraft } from './competition-draft.js';

/** Why a text can't be read as YAML, and where; lines and columns count from 1. */
export interface YamlFault {
  readonly line: number;
  readonly column: number;
  readonly kind: FaultKind;
}

/** What the pages have words for; the parser's own are English, and for programmers. */
type FaultKind = (typeof kinds)[ErrorCode] | 'no_fields';

const kinds = {
  ALIAS_PROPS: 'alias',
  BAD_ALIAS: 'alias',
  BAD_COLLECTION_TYPE: 'unexpected',
  BAD_DIRECTIVE: 'unexpected',
  BAD_DQ_ESCAPE: 'escape',
  BAD_INDENT: 'indent',
  BAD_PROP_ORDER: 'unexpected',
  BAD_SCALAR_START: 'sign',
  BLOCK_AS_IMPLICIT_KEY: 'second_value',
  BLOCK_IN_FLOW: 'unexpected',
  DUPLICATE_KEY: 'twice',
  IMPOSSIBLE: 'unexpected',
  KEY_OVER_1024_CHARS: 'no_colon',
  MISSING_CHAR: 'missing',
  MULTILINE_IMPLICIT_KEY: 'no_colon',
  MULTIPLE_ANCHORS: 'unexpected',
  MULTIPLE_DOCS: 'documents',
  MULTIPLE_TAGS: 'unexpected',
  NON_STRING_KEY: 'unexpected',
  RESOURCE_EXHAUSTION: 'nested',
  TAB_AS_INDENT: 'tab',
  TAG_RESOLVE_FAILED: 'unexpected',
  UNEXPECTED_TOKEN: 'unexpected',
} as const satisfies Record<ErrorCode, string>;

const mostAliases = 100;

/** Reads a competition's file; whether what is in it makes sense the server says, by field. */
export function readYaml(text: string): CompetitionDraft | YamlFault {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [fault] = document.errors;
  if (fault) {
    const { line, col } = lines.linePos(fault.pos[0]);
    return { line, column: col, kind: kinds[fault.code] };
  }
  const value = readValue(() => document.toJS({ maxAliasCount: mostAliases }));
  if (value === undefined) return { line: 1, column: 1, kind: 'alias' };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { line: 1, column: 1, kind: 'no_fields' };
  }
  return value as CompetitionDraft;
}

/** Aliases of nothing, and aliases that would fill the memory, are found when they are resolved. */
function readValue(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

export function isFault(read: CompetitionDraft | YamlFault): read is YamlFault {
  return 'kind' in read;
}
