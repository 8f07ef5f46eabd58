import { isOwnPage } from './next-page.js';

/** What the addresses say that mails, terminals and institutions send people to. */
export interface LinkSearch {
  /** Where they wanted to go before. */
  readonly next?: string;
  /** Why what the link was for did not happen. */
  readonly error?: string;
  /** The proof of a reset. */
  readonly token?: string;
  /** Of an invitation. */
  readonly secret?: string;
  /** Whether the link was for a change of the address. */
  readonly change?: true;
  /** What a terminal shows: `ABCDEFGH`. */
  readonly user_code?: string;
}

/** Reads it from whatever an address holds: what can't be meant is left out. */
export function readLinkSearch(search: Record<string, unknown>): LinkSearch {
  const next = readText(search.next);
  const error = readText(search.error);
  const token = readText(search.token);
  const secret = readText(search.secret);
  const code = readUserCode(readText(search.user_code) ?? '');
  return {
    ...(next !== undefined && isOwnPage(next) ? { next } : {}),
    ...(error === undefined ? {} : { error }),
    ...(token === undefined ? {} : { token }),
    ...(secret === undefined ? {} : { secret }),
    ...(search.change === true ? { change: true } : {}),
    ...(code === '' ? {} : { user_code: code }),
  };
}

/** The code as the server knows it, however it was typed: `abcd-efgh` → `ABCDEFGH`. */
export function readUserCode(typed: string): string {
  return typed.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/** The router reads `12` as a number. */
function readText(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' ? text : undefined;
}
