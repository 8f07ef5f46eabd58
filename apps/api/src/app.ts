import { randomUUID } from 'node:crypto';
import helmet from '@fastify/helmet';
import { HoldoutError, presentProblem } from '@holdout/contracts';
import type { Database } from '@holdout/db';
import type { Queue, RedisClient } from '@holdout/queue';
import type { S3Options, Storage } from '@holdout/storage';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Registry } from 'prom-client';
import type { AccountSettings } from './accounts/account-settings.js';
import { type Auth, createAuth } from './accounts/create-auth.js';
import { createMailer, type SendMail } from './accounts/mailer.js';
import { meRoutes } from './accounts/me-routes.js';
import { mountAuth } from './accounts/mount-auth.js';
import { competitionOrganiserRoutes } from './accounts/organiser-routes.js';
import { outboxRoutes } from './accounts/outbox-routes.js';
import { tokenRoutes } from './accounts/token-routes.js';
import { requireCallers } from './authenticate.js';
import type { ChangeFeed } from './change-feed.js';
import { competitionRoutes } from './competitions/routes.js';
import { contentSecurityPolicy } from './content-security.js';
import { describeApi, serveReference } from './describe-api.js';
import { exportRoutes } from './exports/routes.js';
import { handleErrors, sendProblem, toHoldoutError } from './handle-errors.js';
import { healthRoutes } from './health/routes.js';
import { heatMapLookRoutes } from './heat-maps/look-routes.js';
import { heatMapRoutes } from './heat-maps/routes.js';
import { leaderboardRoutes } from './leaderboard/routes.js';
import { measureInstallation } from './metrics/measure-installation.js';
import { measureRequests } from './metrics/measure-requests.js';
import { traceRequests } from './metrics/trace-requests.js';
import { operatorRoutes } from './operator/routes.js';
import { organiserRoutes } from './organisers/routes.js';
import { type Limiters, makeLimiters, type RateLimits } from './rate-limits.js';
import { receiptRoutes } from './receipts/routes.js';
import { reproductionRoutes } from './reproductions/routes.js';
import { openPageDocument, servePages } from './serve-pages.js';
import { starterBundleRoutes } from './starter-kit/bundle-routes.js';
import { starterKitRoutes } from './starter-kit/routes.js';
import { submissionRoutes } from './submissions/routes.js';
import { invitationRoutes } from './teams/invitation-routes.js';
import { joinRoutes } from './teams/join-routes.js';
import { mergeRoutes } from './teams/merge-routes.js';
import { teamRoutes } from './teams/team-routes.js';
import { testSetLookRoutes } from './test-sets/look-routes.js';
import { testSetRoutes } from './test-sets/routes.js';
import { uploadRoutes } from './uploads/routes.js';

/** What the server is made of; `server.ts` opens them, and closes them after the app. */
export interface AppParts {
  readonly database: Database;
  readonly storage: Storage;
  readonly queue: Queue;
  readonly changes: ChangeFeed;
  readonly logger: FastifyBaseLogger;
  readonly accounts: AccountSettings;
  readonly rateLimits: RateLimits;
  /** Where limits are counted; null: in this process. */
  readonly redis: RedisClient | null;
  /** The proxies whose word of a caller’s address is taken. */
  readonly trustedProxies: readonly string[];
  /** The folder that is served at `/`. */
  readonly pagesDirectory: string;
  /** For folders of what a request works on; it must be on a disk. */
  readonly scratchDirectory: string;
  /** Where bundles that come in parts lie until they are complete; with storage in a bucket, what is on its way there. */
  readonly uploadsDirectory: string;
  /** How it is watched; where it is left out, by nobody. */
  readonly watched?: { readonly registry: Registry; readonly traces: boolean };
  /** Where they lie instead, with storage in a bucket. */
  readonly uploadsBucket?: S3Options | null;
  /** How long nothing of an upload may come. */
  readonly uploadSilenceSeconds?: number;
  /** How often uploads are looked for that are complete and have not ended. */
  readonly uploadRoundSeconds?: number;
  /** How long an open stream may stay silent; it also looks for missed changes then. */
  readonly heartbeatSeconds?: number;
}

/** What a route may use. `closing` is given when the server begins to close: streams must end then. */
export interface RouteParts extends Required<Omit<AppParts, 'watched'>> {
  readonly auth: Auth;
  readonly sendMail: SendMail;
  readonly closing: AbortSignal;
}

/** JSON bodies only; archives are streamed and have their phase's own limit. */
const jsonLimitBytes = 64 * 1024;
/** Room for a large bundle on a slow line; a request that never ends must not stay for ever. */
const requestTimeoutMilliseconds = 6 * 60 * 60 * 1000;

/** How long requests that are under way may take to end when the server closes. */
const closePatienceMilliseconds = 2000;

const defaults = { heartbeatSeconds: 15, uploadSilenceSeconds: 120, uploadRoundSeconds: 60, uploadsBucket: null };

/** Builds the server, apart from listening. */
export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: parts.logger,
    genReqId: () => randomUUID(),
    bodyLimit: jsonLimitBytes,
    trustProxy: parts.trustedProxies.length > 0 ? [...parts.trustedProxies] : false,
    requestTimeout: requestTimeoutMilliseconds,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    // Addresses that can't even be routed get the same kind of answer as all others.
    frameworkErrors: (error, request, reply) => sendProblem(toHoldoutError(error), request, reply),
    clientErrorHandler: answerMalformedRequest,
  });
  const closing = new AbortController();
  app.addHook('preClose', async () => {
    closing.abort();
    // Browsers open connections that they may never use, and clients stall: neither is waited for.
    setTimeout(() => app.server.closeAllConnections(), closePatienceMilliseconds).unref();
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id).header('content-security-policy', contentSecurityPolicy);
  });
  if (parts.watched) {
    measureRequests(app, parts.watched.registry);
    measureInstallation(parts, parts.watched.registry);
    if (parts.watched.traces) await traceRequests(app);
  }
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  const pages = await openPageDocument(parts.pagesDirectory);
  handleErrors(app, pages);
  await app.register(helmet, { contentSecurityPolicy: false });
  await describeApi(app);
  const { accounts: settings } = parts;
  const { sendMail, settle } = createMailer(parts.database, settings, parts.logger);
  const auth = createAuth({ ...parts, settings, sendMail });
  app.addHook('onClose', settle);
  const limiters = await makeLimiters(app, parts.rateLimits, parts.redis);
  await app.register((scope) => mountAuth(scope, auth, settings.publicUrl, limiters));
  const routeParts: RouteParts = { ...defaults, ...parts, auth, sendMail, closing: closing.signal };
  await app.register(async (api) => registerRoutes(api, routeParts, limiters), { prefix: '/api' });
  await serveReference(app);
  await servePages(app, parts.pagesDirectory, pages);
  return app;
}

async function registerRoutes(api: FastifyInstance, parts: RouteParts, limiters: Limiters): Promise<void> {
  api.addHook('onRequest', limiters.early);
  requireCallers(api, parts);
  api.addHook('onRequest', limiters.late);
  await api.register(meRoutes, { parts });
  await api.register(tokenRoutes, { parts });
  await api.register(outboxRoutes, { parts });
  await api.register(teamRoutes, { parts });
  await api.register(invitationRoutes, { parts });
  await api.register(joinRoutes, { parts });
  await api.register(mergeRoutes, { parts });
  await api.register(competitionOrganiserRoutes, { parts });
  await api.register(healthRoutes, { parts });
  await api.register(competitionRoutes, { parts });
  await api.register(starterKitRoutes, { parts });
  await api.register(starterBundleRoutes, { parts });
  await api.register(leaderboardRoutes, { parts });
  await api.register(submissionRoutes, { parts });
  await api.register(heatMapRoutes, { parts });
  await api.register(uploadRoutes, { parts });
  await api.register(receiptRoutes, { parts });
  await api.register(reproductionRoutes, { parts });
  await api.register(organiserRoutes, { parts });
  await api.register(testSetRoutes, { parts });
  await api.register(testSetLookRoutes, { parts });
  await api.register(heatMapLookRoutes, { parts });
  await api.register(exportRoutes, { parts });
  await api.register(operatorRoutes, { parts });
  api.get('/openapi.json', { config: { access: 'open' }, schema: { hide: true } }, () => api.swagger());
}

/** What isn't HTTP never becomes a request, so this answer is written by hand. */
function answerMalformedRequest(error: Error & { code?: string }, socket: import('node:net').Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const problem = presentProblem(new HoldoutError('request_invalid', { detail: 'This is not an HTTP request.' }));
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
