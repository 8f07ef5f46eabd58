import type { Database } from '@holdout/db';
import { betterAuth } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { deviceAuthorization, genericOAuth, twoFactor } from 'better-auth/plugins';
import type { FastifyBaseLogger } from 'fastify';
import {
  writeEmailChange,
  writeKnownAddress,
  writeNewAddress,
  writeReset,
  writeVerification,
} from './account-mails.js';
import { type AccountSettings, type Institution, institutionProvider, minPasswordLength } from './account-settings.js';
import { answerWithToken } from './device-token.js';
import type { SendMail } from './mailer.js';

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

export type Auth = ReturnType<typeof createAuth>['auth'];

/**
 * better-auth over our own tables (migration 0019): who signs in, how, and by what proof. What people may do then is not
 * its business: teams, organisers and tokens are ours.
 *
 * @returns it, and a function that waits for the mails that are under way
 */
export function createAuth({ database, settings, sendMail, logger }: AuthParts) {
  const { publicUrl, secret, institution } = settings;
  const underWay = new Set<Promise<unknown>>();
  /** Beside the answer: how long a mail takes would tell whether an address is known. */
  const runBeside = (task: Promise<unknown>): void => {
    const settled = task
      .catch((error: unknown) => logger.error({ err: error }, 'a mail could not be sent'))
      .finally(() => underWay.delete(settled));
    underWay.add(settled);
  };
  const auth = betterAuth({
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
        sendChangeEmailConfirmation: ({ user, newEmail, url }) => sendMail(writeEmailChange(user, newEmail, url)),
      },
    },
    session: { modelName: 'sessions', expiresIn: 14 * 24 * 60 * 60 },
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
      sendResetPassword: ({ user, token }) =>
        sendMail(writeReset(user, `${publicUrl}/reset-password?token=${encodeURIComponent(token)}`)),
      onExistingUserSignUp: ({ user }) => sendMail(writeKnownAddress(user, publicUrl)),
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: true,
      autoSignInAfterVerification: true,
      expiresIn: linkSeconds,
      // Who has proven an address already changes it to this one.
      sendVerificationEmail: ({ user, url }) =>
        sendMail(user.emailVerified ? writeNewAddress(user, url) : writeVerification(user, url)),
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
      user: {
        create: { before: async (user) => ({ data: { ...user, name: cleanName(user.name) || nameOf(user.email) } }) },
        update: {
          before: async (user) => ({ data: user.name === undefined ? user : { ...user, name: cleanName(user.name) } }),
        },
      },
    },
    hooks: {
      after: createAuthMiddleware(async (context) => {
        if (context.path === '/device/token') return await answerWithToken(database, context);
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
      backgroundTasks: { handler: runBeside },
    },
    // The limits are the server's own, which know of Redis.
    rateLimit: { enabled: false },
    // What an institution gave us opens no door but that one; nobody needs it again.
    disabledPaths: ['/get-access-token', '/refresh-token', '/account-info'],
    telemetry: { enabled: false },
    logger: {
      level: 'error',
      log: (_level, message) => logger.warn({ part: 'better-auth' }, message),
    },
    onAPIError: { errorURL: `${publicUrl}/sign-in` },
  });
  return { auth, settle: async () => void (await Promise.all(underWay)) };
}

/** The pages whose scripts may write: ours, and where no address was configured those of the name that was asked for. */
export function listOrigins(settings: AccountSettings, request: { headers: Headers } | undefined): string[] {
  const { origin, protocol } = new URL(settings.publicUrl);
  const host = request?.headers.get('host');
  return settings.otherNamesAllowed && host ? [origin, `${protocol}//${host}`] : [origin];
}

function describeInstitution({ issuer, clientId, clientSecret, name, scopes }: Institution) {
  return {
    providerId: institutionProvider,
    name,
    discoveryUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    clientId,
    clientSecret,
    scopes: [...scopes],
    pkce: true,
    requireIdTokenVerification: true,
  };
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
