import { type Check, type RequestOptions, request } from '../api/request.js';

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
 * Asks a route of `/api/auth`, which are better-auth’s, and so are their refusals.
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

/** `{ code, message }`, or by the device flow’s standard `{ error, error_description }`. */
function readRefusal(body: unknown, status: number): AuthRefusal | null {
  if (typeof body !== 'object' || body === null) return null;
  const fields = body as Record<string, unknown>;
  const code = fields.code ?? fields.error;
  if (typeof code !== 'string') return null;
  return new AuthRefusal(code, status, String(fields.message ?? fields.error_description ?? code));
}
