import { HoldoutError } from '@holdout/contracts';

/** Some hundred times what a receipt has. */
export const receiptSizeLimitBytes = 1024 * 1024;
const deepest = 32;

/** Of a text that is JSON: its strings, its numbers, and what makes objects and arrays of them. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\]:]/g;

/**
 * Reads the JSON of a receipt so strictly that two readers can't understand it differently: what `JSON.parse` lets pass
 * or drops, such as a field that stands twice, would be shown to one person and signed for another. No library on npm
 * refuses all of that.
 *
 * @throws HoldoutError `receipt_unreadable`
 */
export function parseReceiptJson(bytes: Uint8Array): unknown {
  if (bytes.length > receiptSizeLimitBytes) throw unreadable('It is too large: a receipt has less than 1 MiB.');
  const text = decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable('It is not JSON, or not the whole of it.');
  }
  demandOneMeaning(text);
  return value;
}

export function unreadable(detail: string): HoldoutError {
  return new HoldoutError('receipt_unreadable', { detail });
}

/** Without a byte-order mark. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('It is not text in UTF-8.');
  }
}

function demandOneMeaning(json: string): void {
  /** The fields of each object that is open; null for an array. */
  const open: (Set<string> | null)[] = [];
  let last = '';
  for (const [token] of json.matchAll(tokens)) {
    if (token === '{' || token === '[') open.push(token === '{' ? new Set() : null);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') addField(open.at(-1), last);
    else last = readPlain(token);
    if (open.length > deepest) throw unreadable(`It is nested more than ${deepest} deep.`);
  }
}

function addField(fields: Set<string> | null | undefined, name: string): void {
  const shown = JSON.stringify(name.slice(0, 100));
  if (name === '__proto__') throw unreadable(`It has a field ${shown}, which no receipt has.`);
  if (fields?.has(name)) throw unreadable(`It has the field ${shown} twice in one object.`);
  fields?.add(name);
}

/** What a string says, or a number as it is written. */
function readPlain(token: string): string {
  if (token.startsWith('"')) {
    const text: string = JSON.parse(token);
    if (/\p{Surrogate}/u.test(text)) throw unreadable('It has half of a character.');
    return text;
  }
  const number = Number(token);
  if (!Number.isFinite(number)) throw unreadable(`It has a number that is too large: ${token.slice(0, 50)}.`);
  if (Object.is(number, -0)) throw unreadable('It has a zero with a minus, which would be signed as one without.');
  return token;
}
