import type { Problem } from '@holdout/contracts';
import type { ZodType } from 'zod';
import { ProblemError, UnreachableError } from './problem-error.js';

type Contracts = typeof import('./contracts.js');

/** How an answer is checked before the pages believe it. */
export type Check<T> = (body: unknown) => T | Promise<T>;

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
  /** What a refusal means beside what the catalogue says of it; null where that is not known. */
  explain?: (body: unknown, status: number) => Error | null;
}

/**
 * Asks the API for something.
 *
 * @throws ProblemError with the server's words; UnreachableError where there were none
 */
export async function request<T>(path: string, check: Check<T>, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  const body = await readBody(response);
  if (!response.ok) {
    throw options.explain?.(body, response.status) ?? toError(body, response);
  }
  return await check(body);
}

/**
 * Asks the API for something that is not JSON.
 *
 * @throws ProblemError with the server's words; UnreachableError where there were none
 */
export async function readAnswer(path: string, options: RequestOptions = {}): Promise<Response> {
  const response = await send(path, options);
  if (response.ok) return response;
  throw toError(await readBody(response), response);
}

/**
 * Checks an answer by a schema of the contracts. They are loaded when they are first needed, beside the answer: the
 * leaderboard has to be on the screen before they could be.
 */
export function bySchema<T>(choose: (contracts: Contracts) => ZodType<T>): Check<T> {
  return async (body) => choose(await import('./contracts.js')).parse(body);
}

/** For answers without a body. */
export const nothing: Check<void> = () => undefined;

/** `/api/competitions/mura`: each part is encoded. */
export function apiPath(...parts: readonly string[]): string {
  return `/api/${parts.map(encodeURIComponent).join('/')}`;
}

async function send(path: string, { method = 'GET', body, signal }: RequestOptions): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      headers: {
        ...pageLanguage(),
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new UnreachableError('The server does not answer.', { cause });
  }
}

/** Of the page, which need not be the browser's: a mail that this sends is written in it. */
function pageLanguage(): Record<string, string> {
  const { lang } = document.documentElement;
  return lang === '' ? {} : { 'accept-language': lang };
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new UnreachableError(describe(response), { cause });
  }
}

/** What an answer that is no success says. */
export function toError(body: unknown, answer: { readonly status: number; readonly url: string }): Error {
  return isProblem(body) ? new ProblemError(body) : new UnreachableError(describe(answer));
}

/** Whether a body is what the server says instead of an answer. */
export function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'title' in body && 'next' in body;
}

function describe({ status, url }: { readonly status: number; readonly url: string }): string {
  return `${url} answered ${status}, without a word of ours.`;
}
