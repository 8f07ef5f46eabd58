import { beginCode, type Database, forgetSecondFactors, forgetWrongCodes, markSecondFactorGiven } from '@holdout/db';
import { APIError, getSessionFromCtx } from 'better-auth/api';
import type { AccountSettings } from './account-settings.js';

type HookContext = Parameters<typeof getSessionFromCtx>[0];

const root = '/two-factor/';
const isCode = ({ path }: HookContext) => path.startsWith(`${root}verify-`);

/** Before better-auth answers: what reads, changes or stands in for a second factor needs it to be given. */
export async function guardSecondFactor(
  database: Database,
  { twoFactorNeeded }: AccountSettings,
  context: HookContext,
): Promise<void> {
  // A command gets a token that does all that its person may, also what needs a second factor.
  if (context.path === '/device/approve' && twoFactorNeeded !== 'nobody') await demandSecondFactor(context);
  if (!context.path.startsWith(root)) return;
  if (isCode(context)) await countCode(database, context);
  // Its secret, new backup codes and its end are as good as the code itself. New routes are closed too.
  else await demandSecondFactor(context);
}

/** A code that was right is the session's, whose token is in the answer. What is turned off was given by nobody. */
export async function noteSecondFactor(database: Database, context: HookContext): Promise<void> {
  if (!context.path.startsWith(root)) return;
  const { returned } = context.context as { returned?: unknown };
  if (returned instanceof APIError || typeof returned !== 'object' || returned === null) return;
  const userId = context.context.newSession?.user.id ?? (await getSessionFromCtx(context))?.user.id;
  if (context.path === `${root}disable` && userId !== undefined) await forgetSecondFactors(database, userId);
  if (!isCode(context) || !('token' in returned)) return;
  await markSecondFactorGiven(database, String(returned.token));
  if (userId !== undefined) await forgetWrongCodes(database, userId);
}

/** In a session of who has one; where none is set up, there is none to give. */
async function demandSecondFactor(context: HookContext): Promise<void> {
  const found = await getSessionFromCtx(context);
  if (!found?.user.twoFactorEnabled || found.session.secondFactorGiven) return;
  throw new APIError('FORBIDDEN', { code: 'SECOND_FACTOR_DUE', message: 'This session has to give a second factor.' });
}

/** better-auth counts wrong codes on the way in only, and when they have been looked at: many at once are not counted. */
async function countCode(database: Database, context: HookContext): Promise<void> {
  const userId = (await getSessionFromCtx(context))?.user.id ?? (await findSigningIn(context));
  if (userId === undefined || (await beginCode(database, userId))) return;
  throw new APIError('TOO_MANY_REQUESTS', { code: 'ACCOUNT_TEMPORARILY_LOCKED', message: 'Too many wrong codes.' });
}

/** Whose password was right, by the cookie that better-auth then asks the code with. */
async function findSigningIn(context: HookContext): Promise<string | undefined> {
  const { createAuthCookie, internalAdapter, secret } = context.context;
  const key = await context.getSignedCookie(createAuthCookie('two_factor').name, secret);
  return key ? (await internalAdapter.findVerificationValue(key))?.value : undefined;
}
