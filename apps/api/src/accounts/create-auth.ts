import { type Database, findUser } from '@holdout/db';
import { betterAuth } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { deviceAuthorization, genericOAuth, twoFactor } from 'better-auth/plugins';
import type { FastifyBaseLogger } from 'fastify';
import { type AccountMails, mailsIn } from './account-mails.js';
import { type AccountSettings, type Institution, institutionProvider, minPasswordLength } from './account-settings.js';
import { answerWithToken } from './device-token.js';
import { guardSecondFactor, noteSecondFactor } from './guard-second-factor.js';
import type { SendMail } from './mailer.js';
import { plainName } from './plain-name.js';
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
        // Ours, which counts a code before it is looked at.
        accountLockout: { enabled: false },
        backupCodeOptions: { storeBackupCodes: 'encrypted' },
      }),
      deviceAuthorization({
        verificationUri: '/device',
        // It is part of a question, and of a token's name.
        validateClient: (clientId) => /^[\w .-]{1,40}$/.test(clientId),
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
        create: { before: async (user) => ({ data: { ...user, name: plainName(user.name) || nameOf(user.email) } }) },
        update: {
          before: async (user) => ({ data: user.name === undefined ? user : { ...user, name: plainName(user.name) } }),
        },
      },
    },
    hooks: {
      before: createAuthMiddleware(async (context) => {
        refuseForeignLinks(publicUrl, context);
        await guardSecondFactor(database, settings, context);
      }),
      after: createAuthMiddleware(async (context) => {
        if (context.path === '/device/token') return await answerWithToken(database, context);
        await noteSecondFactor(database, context);
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

const linkFields = ['callbackURL', 'errorCallbackURL', 'newUserCallbackURL', 'redirectTo'];

/** Mails and redirects lead to the address of this installation only, whatever name a request was sent to. */
function refuseForeignLinks(publicUrl: string, { body, query }: { body?: unknown; query?: unknown }): void {
  for (const link of [body, query].flatMap(readLinks)) {
    if (URL.canParse(link, publicUrl) && new URL(link, publicUrl).origin === new URL(publicUrl).origin) continue;
    throw new APIError('FORBIDDEN', { code: 'INVALID_CALLBACK_URL', message: 'This link leads to another site.' });
  }
}

function readLinks(fields: unknown): string[] {
  if (typeof fields !== 'object' || fields === null) return [];
  const entries = Object.entries(fields).filter(([name]) => linkFields.includes(name));
  return entries.flatMap(([, value]) => value ?? []).map(String);
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

function nameOf(email: string): string {
  return email.split('@')[0] ?? 'Nobody';
}
