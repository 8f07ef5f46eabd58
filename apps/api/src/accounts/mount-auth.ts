import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../handle-errors.js';
import type { Limiters } from '../rate-limits.js';
import { type Auth, addressHeader, authPath } from './create-auth.js';
import { explainAuthRefusal } from './explain-auth-refusal.js';
import { withAssurance } from './second-factor.js';

/** Answers everything below `/api/auth` by better-auth, which speaks the web’s Request and Response. */
export async function mountAuth(
  app: FastifyInstance,
  auth: Auth,
  publicUrl: string,
  limiters: Limiters,
): Promise<void> {
  app.addHook('onRequest', limiters.early);
  app.addHook('preHandler', limiters.account);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.route({
    method: ['GET', 'POST'],
    url: `${authPath}/*`,
    exposeHeadRoute: false,
    schema: { hide: true },
    handler: async (request, reply) => {
      const response = await withAssurance(() => auth.handler(toWebRequest(request, publicUrl)));
      return await sendWebResponse(response, request, reply);
    },
  });
}

/** The headers of a request, with the caller's address by what our own server knows of it. */
export function toWebHeaders(request: FastifyRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const each of [value ?? []].flat()) headers.append(name, each);
  }
  headers.set(addressHeader, request.ip);
  return headers;
}

function toWebRequest(request: FastifyRequest, publicUrl: string): Request {
  const { body } = request;
  return new Request(new URL(request.url, publicUrl), {
    method: request.method,
    headers: toWebHeaders(request),
    ...(body instanceof Uint8Array && body.length > 0 ? { body: new Uint8Array(body) } : {}),
  });
}

async function sendWebResponse(
  response: Response,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie);
  const body = Buffer.from(await response.arrayBuffer());
  const refusal = response.status < 400 ? null : explainAuthRefusal(response.status, body.toString());
  if (refusal) return sendProblem(refusal, request, reply);
  for (const [name, value] of response.headers) if (name !== 'set-cookie') reply.header(name, value);
  return reply.code(response.status).header('cache-control', 'no-store').send(body);
}
