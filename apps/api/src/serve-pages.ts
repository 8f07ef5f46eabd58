import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Serves the pages' folder at `/`; what is not there is the same 404 as everywhere. */
export async function servePages(app: FastifyInstance, pagesDirectory: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: pagesDirectory,
    prefix: '/',
    dotfiles: 'ignore',
    decorateReply: false,
    // Checked by ETag on every visit: names don't change with contents yet.
    cacheControl: false,
    setHeaders: (reply) => reply.header('cache-control', 'no-cache'),
  });
}
