import { HoldoutError } from '@holdout/contracts';
import type { FastifyInstance } from 'fastify';

/**
 * What was sent to better-auth, read once. It is given what we have read, written anew: an address that it sees and that
 * our limits don't would be a way around them.
 */
export interface AuthBody {
  readonly type: 'application/json' | 'application/x-www-form-urlencoded';
  readonly text: string;
  /** Without those that are no text. */
  readonly fields: ReadonlyMap<string, string>;
}

/** JSON, and the forms of RFC 8628 and of institutions; fastify answers 415 to any other type. */
export function parseAuthBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  for (const type of ['application/json', 'application/x-www-form-urlencoded'] as const) {
    const read = type === 'application/json' ? readJson : readForm;
    scope.addContentTypeParser(type, { parseAs: 'buffer' }, async (_request: unknown, bytes: Buffer) =>
      bytes.length === 0 ? null : read(decode(bytes)),
    );
  }
}

function readJson(source: string): AuthBody {
  const json = parseJson(source);
  const entries = Object.entries(json).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { type: 'application/json', text: JSON.stringify(json), fields: new Map(entries) };
}

function readForm(source: string): AuthBody {
  const form = new URLSearchParams(source);
  const fields = new Map(form);
  if (fields.size < form.size) throw refuse('has a field twice');
  return { type: 'application/x-www-form-urlencoded', text: form.toString(), fields };
}

function parseJson(source: string): object {
  try {
    const json: unknown = JSON.parse(source);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  } catch {}
  throw refuse('is not a JSON object');
}

/** A byte order mark is refused as JSON is by its standard (RFC 8259, 8.1), and with it what is no UTF-8. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse('is not UTF-8');
  }
}

function refuse(why: string): HoldoutError {
  return new HoldoutError('request_invalid', { detail: `The body ${why}.` });
}
