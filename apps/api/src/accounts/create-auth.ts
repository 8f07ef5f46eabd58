import {
  countWrongCode,
  type Database,
  findUser,
  forgetSecondFactors,
  forgetWrongCodes,
  isSecondFactorLocked,
  markSecondFactorGiven,
} from '@holdout/db';
import { betterAuth } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { deviceAuthorization, genericOAuth, twoFactor } from 'better-auth/plugins';
import type { FastifyBaseLogger } from 'fastify';
import { type AccountMails, mailsIn } from './account-mails.js';
import { type AccountSettings, type Institution, institutionProvider, minPasswordLength } from './account-settings.js';
import { answerWithToken } from './device-token.js';
import type { SendMail } from './mailer.js';
import { isSecondFactorGiven, noteAssurance } from './second-factor.js';

interface AuthParts {
  readonly database: Database;
  readonly settings: AccountSettings;
  readonly sendMail: SendMail;
  readonly logger: FastifyBaseLogger;
}

/** Where the caller’s address is put, by us alone. */
export const addressHeader = 'x-holdout-address';
export const authPath = '/api/auth';

const linkSeconds = 60 * 60;
const nameLength = 100;

export type Auth = ReturnType<typeof createAuth>;

/**
 * better-auth over our own tables (migration 0019): who signs in, how, and by what proof. What people may do then is not
 * its business: teams, organisers and tokens are ours.
 */
export function createAuth({ database, settings, sendMail, logger }: AuthParts) {
  const { publicUrl, secret, institution } = settings;
  return betterAuth({
    appName: 'Holdout',
    baseURL: publicUrl,
    basePath: authPath,
    secret,
    database: { db: database, type: 'postgres', transaction: true },
    trustedOrigins: (request) => listOrigins(settings, request),
    user: {
      modelName: 'users',
      changeEmail: {
        enabled: true,
        sendChangeEmailConfirmation: async ({ user, newEmail, url }, request) =>
          sendMail(mailsFor(request).emailChange(user, newEmail, url)),
      },
    },
    session: {
      modelName: 'sessions',
      expiresIn: 14 * 24 * 60 * 60,
      additionalFields: { secondFactorGiven: { type: 'boolean', input: false, required: false, defaultValue: false } },
    },
    account: {
      modelName: 'accounts',
      encryptOAuthTokens: true,
      // An institution proves an address; only an address that both sides have proven joins two ways to sign in.
      accountLinking: { enabled: true, requireLocalEmailVerified: true },
    },
    verification: { modelName: 'verifications', storeIdentifier: 'hashed' },
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true,
      minPasswordLength,
      maxPasswordLength: 200,
      resetPasswordTokenExpiresIn: linkSeconds,
      revokeSessionsOnPasswordReset: true,
      // The link is our own page's, whatever `redirectTo` asks for.
      sendResetPassword: async ({ user, token }, request) =>
        sendMail(mailsFor(request).reset(user, `${publicUrl}/reset-password?token=${encodeURIComponent(token)}`)),
      onExistingUserSignUp: async ({ user }, request) => sendMail(mailsFor(request).knownAddress(user, publicUrl)),
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: true,
      autoSignInAfterVerification: true,
      expiresIn: linkSeconds,
      // Who has proven an address already changes it to this one.
      sendVerificationEmail: async ({ user, url }, request) => {
        const mails = mailsFor(request);
        sendMail(user.emailVerified ? mails.newAddress(user, url) : mails.verification(user, url));
      },
    },
    plugins: [
      twoFactor({
        issuer: 'Holdout',
        twoFactorTable: 'twoFactors',
        // Who signs in by an institution has no password to give.
        allowPasswordless: true,
        backupCodeOptions: { storeBackupCodes: 'encrypted' },
      }),
      deviceAuthorization({
        verificationUri: '/device',
        expiresIn: '15m',
        interval: '2s',
        schema: { deviceCode: { modelName: 'deviceCodes' } },
      }),
      ...(institution ? [genericOAuth({ config: [describeInstitution(institution)] })] : []),
    ],
    databaseHooks: {
      session: {
        create: {
          before: async (session, context) => {
            const hasSecondFactor = async () => (await findUser(database, session.userId))?.twoFactorEnabled === true;
            return {
              data: { ...session, secondFactorGiven: await isSecondFactorGiven(context?.path, hasSecondFactor) },
            };
          },
        },
      },
      user: {
        create: { before: async (user) => ({ data: { ...user, name: cleanName(user.name) || nameOf(user.email) } }) },
        update: {
          before: async (user) => ({ data: user.name === undefined ? user : { ...user, name: cleanName(user.name) } }),
        },
      },
    },
    hooks: {
      before: createAuthMiddleware(async (context) => {
        if (context.path === '/device/approve') await demandSecondFactor(context, settings);
        if (context.path.startsWith('/two-factor/verify-')) await refuseLocked(database, context);
      }),
      after: createAuthMiddleware(async (context) => {
        if (context.path === '/device/token') return await answerWithToken(database, context);
        if (context.path.startsWith('/two-factor/')) await noteSecondFactor(database, context);
      }),
    },
    advanced: {
      cookiePrefix: 'holdout',
      // Said, since better-auth leaves both out where it takes itself to be in a test.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      useSecureCookies: publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      database: { generateId: 'uuid' },
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    // The limits are the server's own, which know of Redis.
    rateLimit: { enabled: false },
    // What an institution gave us opens no door but that one; nobody needs it again.
    disabledPaths: ['/get-access-token', '/refresh-token', '/account-info'],
    telemetry: { enabled: false },
    logger: {
      level: 'error',
      log: (_level, message, ...details) =>
        logger.warn({ part: 'better-auth', err: details.find((detail) => detail instanceof Error) }, message),
    },
    onAPIError: { errorURL: `${publicUrl}/sign-in` },
  });
}

/** The pages whose scripts may write: ours, and where no address was configured those of the name that was asked for. */
export function listOrigins(settings: AccountSettings, request: { headers: Headers } | undefined): string[] {
  const { origin, protocol } = new URL(settings.publicUrl);
  const host = request?.headers.get('host');
  return settings.otherNamesAllowed && host ? [origin, `${protocol}//${host}`] : [origin];
}

function mailsFor(request: Request | undefined): AccountMails {
  return mailsIn(request?.headers.get('accept-language'));
}

function describeInstitution(institution: Institution) {
  const { issuer, clientId, clientSecret, name, scopes } = institution;
  return {
    providerId: institutionProvider,
    name,
    discoveryUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    clientId,
    clientSecret,
    scopes: [...scopes],
    pkce: true,
    requireIdTokenVerification: true,
    mapProfileToUser: (claims: Record<string, unknown>) => {
      noteAssurance(claims, institution);
      return {};
    },
  };
}

/** A command gets a token that does all that its person may, also what needs a second factor. */
async function demandSecondFactor(
  context: Parameters<typeof getSessionFromCtx>[0],
  { twoFactorNeeded }: AccountSettings,
): Promise<void> {
  const found = await getSessionFromCtx(context);
  if (twoFactorNeeded === 'nobody' || !found?.user.twoFactorEnabled || found.session.secondFactorGiven) return;
  throw new APIError('FORBIDDEN', { code: 'SECOND_FACTOR_DUE', message: 'This session has to give a second factor.' });
}

type HookContext = Parameters<typeof getSessionFromCtx>[0];

/** better-auth counts wrong codes on the way in only: in a session they could be tried one after the other. */
async function refuseLocked(database: Database, context: HookContext): Promise<void> {
  const session = await getSessionFromCtx(context);
  if (!session || !(await isSecondFactorLocked(database, session.user.id))) return;
  throw new APIError('TOO_MANY_REQUESTS', { code: 'ACCOUNT_TEMPORARILY_LOCKED', message: 'Too many wrong codes.' });
}

/** A code that was right is the session's, whose token is in the answer. What is turned off was given by nobody. */
async function noteSecondFactor(database: Database, context: HookContext): Promise<void> {
  const { returned } = context.context as { returned?: unknown };
  const userId = (await getSessionFromCtx(context))?.user.id;
  const isCode = context.path.startsWith('/two-factor/verify-');
  if (returned instanceof APIError) {
    const isWrong = ['INVALID_CODE', 'INVALID_BACKUP_CODE'].includes(String(returned.body?.code));
    if (isCode && isWrong && userId !== undefined) await countWrongCode(database, userId);
    return;
  }
  if (typeof returned !== 'object' || returned === null) return;
  if (context.path === '/two-factor/disable' && userId !== undefined) await forgetSecondFactors(database, userId);
  if (!isCode || !('token' in returned)) return;
  await markSecondFactorGiven(database, String(returned.token));
  if (userId !== undefined) await forgetWrongCodes(database, userId);
}

/** A name is shown on terminals and pages: nothing that moves a cursor or turns the direction of text. */
function cleanName(name: string): string {
  return name
    .replace(/[\p{Cc}\p{Bidi_Control}]/gu, ' ')
    .trim()
    .slice(0, nameLength);
}

function nameOf(email: string): string {
  return email.split('@')[0] ?? 'Nobody';
}
