import { AsyncLocalStorage } from 'node:async_hooks';
import type { Institution } from './account-settings.js';

/** What an institution said of the sign-in that a request ends. */
interface Assurance {
  isSecondFactorGiven: boolean;
}

const assurances = new AsyncLocalStorage<Assurance>();

/** Answers a request, in which an institution may say that it has asked for a second factor itself. */
export async function withAssurance<T>(answer: () => Promise<T>): Promise<T> {
  return await assurances.run({ isSecondFactorGiven: false }, answer);
}

/**
 * Remembers what an ID token, which better-auth has checked by now, says of how its person signed in: `amr` (RFC 8176)
 * lists the ways, `acr` names the level. Only values that the operator has named are believed.
 */
export function noteAssurance(claims: Readonly<Record<string, unknown>>, { secondFactorValues }: Institution): void {
  const assurance = assurances.getStore();
  if (!assurance) return;
  const said = [claims.amr, claims.acr].flat();
  assurance.isSecondFactorGiven = said.some((value) => typeof value === 'string' && secondFactorValues.includes(value));
}

/**
 * Whether a second factor was given where a session begins. Signing in by a password asks for it before there is a
 * session, where the person has one; every other way asks for none, unless an institution says that it did.
 */
export async function isSecondFactorGiven(
  path: string | undefined,
  hasSecondFactor: () => Promise<boolean>,
): Promise<boolean> {
  if (path?.startsWith('/two-factor/')) return true;
  if (path === '/sign-in/email') return await hasSecondFactor();
  return assurances.getStore()?.isSecondFactorGiven === true;
}
