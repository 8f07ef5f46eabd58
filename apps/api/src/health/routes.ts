import { type Health, healthSchema } from '@holdout/contracts';
import type { FastifyBaseLogger } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { problemResponse } from '../describe-api.js';

/** A part that doesn't answer in this time is as good as down. */
const timeoutMilliseconds = 3000;

/** Whether the process lives, and whether it can do its work: for operators and their machines. */
export const healthRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  app.get(
    '/health',
    {
      config: { access: 'open', unlimited: true },
      logLevel: 'warn',
      schema: {
        summary: 'Ask whether the server and its parts are well',
        description: '503 where a part can’t be reached; the body names it.',
        tags: ['health'],
        response: { 200: healthSchema, 503: healthSchema, ...problemResponse },
      },
    },
    async (request, reply) => {
      const [database, queue, storage] = await Promise.all([
        checkPart('database', () => parts.database.ping(), request.log),
        checkPart('queue', () => parts.queue.health(), request.log),
        checkPart('storage', () => parts.storage.health(), request.log),
      ]);
      const ready = database.ok && queue.ok && storage.ok;
      const health: Health = { live: true, ready, parts: { database, queue, storage } };
      return reply
        .code(ready ? 200 : 503)
        .header('cache-control', 'no-store')
        .send(health);
    },
  );

  app.get(
    '/health/live',
    {
      config: { access: 'open', unlimited: true },
      logLevel: 'warn',
      schema: {
        summary: 'Ask only whether the process lives',
        description: 'For what restarts processes: a database that is down is not cured by a restart.',
        tags: ['health'],
        response: { 200: z.object({ live: z.literal(true) }), ...problemResponse },
      },
    },
    async (_request, reply) => reply.header('cache-control', 'no-store').send({ live: true }),
  );
};

type PartHealth = Health['parts']['database'];

/** The cause goes to the log: an address or a user name in it is not for everyone. */
async function checkPart(name: string, check: () => Promise<unknown>, log: FastifyBaseLogger): Promise<PartHealth> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`No answer in ${timeoutMilliseconds} ms.`)), timeoutMilliseconds);
  });
  try {
    await Promise.race([check(), timeout]);
    return { ok: true };
  } catch (error) {
    log.warn({ err: error, part: name }, 'a part is not well');
    return { ok: false, message: `The ${name} can’t be reached.` };
  } finally {
    clearTimeout(timer);
  }
}
