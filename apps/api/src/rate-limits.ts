import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import { HoldoutError } from '@holdout/contracts';
import type { RedisClient } from '@holdout/queue';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AuthBody } from './accounts/auth-body.js';
import { authPath } from './accounts/create-auth.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose session a request to `/api/auth` is sent in, where it has to prove more than that, or mails somebody. */
    provingUserId?: string;
  }
  interface FastifyContextConfig {
    /** Each request of it mails somebody. */
    sendsMail?: true;
    /** It begins an upload. Routes that take an archive count as such. */
    beginsUpload?: true;
    /** It gives workers something to do that no quota counts. */
    asksForHeatMaps?: true;
    /** It writes, and is rightly asked as often as what reads: it counts as a read. */
    countsAsRead?: true;
    /** Of those who look after the machine: it counts as no read. */
    unlimited?: true;
  }
}

/** How many requests are answered; 0 is without limit. */
export interface RateLimits {
  /** Of one address. */
  readonly readsPerMinute: number;
  /** Of one person, or of one token that stands for a team. */
  readonly uploadsPerMinute: number;
  /** Likewise. */
  readonly heatMapRequestsPerMinute: number;
  /** Whatever writes to `/api/auth`, of one address. */
  readonly signInsPerMinute: number;
  /** Those that name one e-mail address, whoever sends them, in a quarter of an hour; likewise the mails of one person. */
  readonly perAccountIn15Minutes: number;
}

/** Counts in the limiter’s own memory must not be pushed out by an attacker’s other ones too easily. */
const countersKept = 50_000;
const minute = 60_000;
const quarter = 15 * minute;

type Limit = (request: FastifyRequest) => Promise<void>;

export interface Limiters {
  /** Before anything else of a request is looked at. */
  readonly early: Limit;
  /** When it is known who asks. */
  readonly late: Limit;
  /** When the body of a request to `/api/auth` is there. */
  readonly account: Limit;
}

/**
 * Makes the limits, which are counted in Redis where there is one, so that several servers share them. Where Redis can’t
 * be reached nobody is refused: a limit is no lock.
 */
export async function makeLimiters(
  app: FastifyInstance,
  limits: RateLimits,
  redis: RedisClient | null,
): Promise<Limiters> {
  await app.register(rateLimit, {
    global: false,
    nameSpace: 'holdout-rate-',
    skipOnError: true,
    ...(redis ? { redis } : {}),
  });
  const limit = (what: string, max: number, timeWindow: number, keyOf: (request: FastifyRequest) => string): Limit => {
    if (max === 0) return async () => {};
    const options = { max, timeWindow, cache: countersKept };
    const count = app.createRateLimit({ ...options, keyGenerator: (request) => `${what}:${keyOf(request)}` });
    return async (request) => {
      const counted = await count(request);
      if (counted.isAllowed || !counted.isExceeded) return;
      throw new HoldoutError('rate_limited', { retryAfterSeconds: Math.max(1, counted.ttlInSeconds) });
    };
  };
  const reads = limit('read', limits.readsPerMinute, minute, ({ ip }) => nameNetwork(ip));
  const signIns = limit('sign-in', limits.signInsPerMinute, minute, ({ ip }) => nameNetwork(ip));
  const uploads = limit('upload', limits.uploadsPerMinute, minute, nameCaller);
  const heatMaps = limit('heat-map', limits.heatMapRequestsPerMinute, minute, nameCaller);
  const mails = limit('mail', limits.perAccountIn15Minutes, quarter, nameCaller);
  const accounts = limit('account', limits.perAccountIn15Minutes, quarter, (request) => nameAccount(request) ?? '');
  const people = limit('person', limits.perAccountIn15Minutes, quarter, ({ provingUserId }) => provingUserId ?? '');
  return {
    async early(request) {
      const { unlimited, countsAsRead } = request.routeOptions.config;
      if (unlimited) return;
      if (request.method === 'GET' || request.method === 'HEAD' || countsAsRead) return await reads(request);
      if (request.url.startsWith(`${authPath}/`)) await signIns(request);
    },
    async late(request) {
      const { takesArchive, beginsUpload, asksForHeatMaps, sendsMail } = request.routeOptions.config;
      if (takesArchive || beginsUpload) await uploads(request);
      if (asksForHeatMaps) await heatMaps(request);
      if (sendsMail) await mails(request);
    },
    async account(request) {
      if (nameAccount(request) !== null) await accounts(request);
      if (request.provingUserId !== undefined) await people(request);
    },
  };
}

/** Whoever has one IPv6 address has the 2⁶⁴ beside it too. */
function nameNetwork(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const mapped = /^::ffff:([\d.]+)$/i.exec(ip)?.[1];
  if (mapped) return mapped;
  const [head = '', tail] = ip.split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const zeros = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array<string>(zeros).fill('0'), ...groups(tail ?? '')].slice(0, 4).join(':');
}

function nameCaller({ caller, ip }: FastifyRequest): string {
  return caller?.user?.id ?? caller?.tokenTeam?.id ?? caller?.token?.id ?? nameNetwork(ip);
}

/** The account that a request to `/api/auth` names, as a hash; null where it names none. */
function nameAccount({ body }: FastifyRequest): string | null {
  const email = (body as AuthBody | null | undefined)?.fields.get('email');
  return email === undefined ? null : createHash('sha256').update(email.trim().toLowerCase()).digest('hex');
}
