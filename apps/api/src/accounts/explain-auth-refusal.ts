import { type ErrorCode, HoldoutError } from '@holdout/contracts';

/** What better-auth refuses with, by its own codes, in the catalogue's words. */
export const codesOfReasons: Readonly<Record<string, ErrorCode>> = {
  INVALID_EMAIL_OR_PASSWORD: 'credentials_wrong',
  INVALID_PASSWORD: 'credentials_wrong',
  CREDENTIAL_ACCOUNT_NOT_FOUND: 'credentials_wrong',
  EMAIL_NOT_VERIFIED: 'email_unproven',
  PASSWORD_TOO_SHORT: 'password_refused',
  PASSWORD_TOO_LONG: 'password_refused',
  INVALID_CODE: 'second_factor_wrong',
  INVALID_BACKUP_CODE: 'second_factor_wrong',
  INVALID_TWO_FACTOR_COOKIE: 'sign_in_over',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'tries_spent',
  ACCOUNT_TEMPORARILY_LOCKED: 'tries_spent',
  INVALID_TOKEN: 'link_over',
  TOKEN_EXPIRED: 'link_over',
  SESSION_NOT_FRESH: 'sign_in_over',
  SESSION_EXPIRED: 'sign_in_over',
  SECOND_FACTOR_DUE: 'two_factor_needed',
  AUTHENTICATION_REQUIRED: 'token_missing',
  INVALID_ORIGIN: 'origin_refused',
  MISSING_OR_NULL_ORIGIN: 'origin_refused',
  CROSS_SITE_NAVIGATION_LOGIN_BLOCKED: 'origin_refused',
};

/**
 * Makes a problem of the catalogue of better-auth's refusal. Its own code goes along as `reason`: there are more of them
 * than of ours, and pages have words for each.
 *
 * @returns null for the device flow's, whose form RFC 8628 says
 */
export function explainAuthRefusal(status: number, body: string): HoldoutError | null {
  const { error, code: reason, message } = readFields(body);
  if (typeof error === 'string') return null;
  if (typeof reason !== 'string') return new HoldoutError(codeOfStatus(status));
  const code = codesOfReasons[reason] ?? codeOfStatus(status);
  // Its words speak of what was sent, never of our insides; the catalogue's say it already where it has an entry.
  const adds = code === 'request_invalid' && typeof message === 'string';
  return new HoldoutError(code, { reason, ...(adds ? { detail: message } : {}) });
}

function codeOfStatus(status: number): ErrorCode {
  if (status >= 500) return 'internal';
  if (status === 401) return 'token_missing';
  if (status === 403) return 'not_allowed';
  if (status === 404) return 'route_not_found';
  return status === 429 ? 'rate_limited' : 'request_invalid';
}

function readFields(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
