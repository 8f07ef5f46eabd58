import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { writePagePolicy } from './content-security.js';

/** What stands in the built page for the number used once. */
const noncePlaceholder = '%CSP_NONCE%';

/** The one document that all pages start from. */
export interface PageDocument {
  /** Whether a person went there: the pages' own router knows addresses that no route and no file has. */
  isAskedFor(request: FastifyRequest): boolean;
  send(reply: FastifyReply): FastifyReply;
}

/** @throws Error where the pages have not been built */
export async function openPageDocument(pagesDirectory: string): Promise<PageDocument> {
  const html = await readFile(join(pagesDirectory, 'index.html'), 'utf8').catch((cause: unknown) => {
    throw new Error(`There are no pages in ${pagesDirectory}. Type: npm run build`, { cause });
  });
  return {
    isAskedFor: ({ method, url, headers }) =>
      (method === 'GET' || method === 'HEAD') &&
      !/^\/(api|assets)(\/|\?|$)/.test(url) &&
      (headers.accept?.includes('text/html') ?? false),
    send(reply) {
      const nonce = randomBytes(16).toString('base64url');
      return reply
        .header('content-security-policy', writePagePolicy(nonce))
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .send(html.replaceAll(noncePlaceholder, nonce));
    },
  };
}

/** Serves the pages' folder at `/`. Names of assets change with their contents, so that they are kept for ever. */
export async function servePages(app: FastifyInstance, pagesDirectory: string, document: PageDocument): Promise<void> {
  app.get('/', { schema: { hide: true } }, (_request, reply) => document.send(reply));
  await app.register(fastifyStatic, {
    root: pagesDirectory,
    prefix: '/',
    index: false,
    dotfiles: 'ignore',
    decorateReply: false,
    preCompressed: true,
    allowedPath: (path) => path.startsWith('/assets/') || path === '/icon.svg',
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.includes('/assets/');
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
