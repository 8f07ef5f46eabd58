import { type Check, isProblem, type RequestOptions, request } from '../api/request.js';

/** What the sign-in refused, by its code: our words for it are in `words.en.ts`. */
export class AuthRefusal extends Error {
  override readonly name = 'AuthRefusal';
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/**
 * Asks a route of `/api/auth`, which are better-auth’s, and so are the reasons of their refusals.
 *
 * @throws AuthRefusal; ProblemError where our own server refused it before, such as for too many requests;
 *   UnreachableError
 */
export async function askAuth<T>(path: string, check: Check<T>, options: RequestOptions = {}): Promise<T> {
  return await request(`/api/auth/${path}`, check, { ...options, explain: readRefusal });
}

/** Tells it something. */
export async function postAuth<T>(path: string, body: unknown, check: Check<T>): Promise<T> {
  return await askAuth(path, check, { method: 'POST', body });
}

/** By `reason` of a problem, or by the device flow’s standard `{ error, error_description }`. */
function readRefusal(body: unknown, status: number): AuthRefusal | null {
  if (isProblem(body)) {
    const { reason, title, next } = body;
    return reason === undefined ? null : new AuthRefusal(reason, status, `${title} ${next}`);
  }
  if (typeof body !== 'object' || body === null) return null;
  const { error, error_description: description } = body as Record<string, unknown>;
  return typeof error === 'string' ? new AuthRefusal(error, status, String(description ?? error)) : null;
}
