import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import { archiveContentTypes } from '../describe-api.js';

/** Lets the routes of a room take archives, as a body or in a form; they are handed on as they arrive. */
export async function acceptArchives(app: FastifyInstance): Promise<void> {
  await app.register(multipart);
  app.addContentTypeParser([...archiveContentTypes], (_request, payload, done) => done(null, payload));
}
