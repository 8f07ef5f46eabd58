import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../handle-errors.js';
import type { Limiters } from '../rate-limits.js';
import type { AuthBody } from './auth-body.js';
import { parseAuthBodies } from './auth-body.js';
import { type Auth, addressHeader, authPath } from './create-auth.js';
import { explainAuthRefusal } from './explain-auth-refusal.js';
import { queuePassword } from './queue-password.js';
import { withAssurance } from './second-factor.js';

/** Answers everything below `/api/auth` by better-auth, which speaks the web’s Request and Response. */
export async function mountAuth(
  app: FastifyInstance,
  auth: Auth,
  publicUrl: string,
  limiters: Limiters,
): Promise<void> {
  app.addHook('onRequest', limiters.early);
  parseAuthBodies(app);
  app.addHook('preHandler', (request) => noteProvingUser(auth, request));
  app.addHook('preHandler', limiters.account);
  app.route({
    method: ['GET', 'POST'],
    url: `${authPath}/*`,
    exposeHeadRoute: false,
    schema: { hide: true },
    handler: async (request, reply) => {
      const answer = () => withAssurance(() => auth.handler(toWebRequest(request, publicUrl)));
      const response = await (hashesPassword(request) ? queuePassword(answer) : answer());
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

function hashesPassword({ body }: FastifyRequest): boolean {
  const fields = (body as AuthBody | null | undefined)?.fields;
  return passwordFields.some((field) => fields?.has(field));
}

/** What a guesser of a password would send in a session, and what mails somebody. */
const countedFields = ['password', 'currentPassword', 'newEmail'];
const passwordFields = ['password', 'currentPassword', 'newPassword'];

async function noteProvingUser(auth: Auth, request: FastifyRequest): Promise<void> {
  const body = request.body as AuthBody | null | undefined;
  if (!request.headers.cookie || !countedFields.some((field) => body?.fields.has(field))) return;
  const session = await auth.api.getSession({ headers: toWebHeaders(request) });
  if (session) request.provingUserId = session.user.id;
}

function toWebRequest(request: FastifyRequest, publicUrl: string): Request {
  const body = request.body as AuthBody | null | undefined;
  const headers = toWebHeaders(request);
  // Of the body as it was sent: the one that is handed on may be shorter.
  headers.delete('content-length');
  headers.delete('transfer-encoding');
  if (body) headers.set('content-type', body.type);
  return new Request(new URL(request.url, publicUrl), {
    method: request.method,
    headers,
    ...(body ? { body: body.text } : {}),
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
