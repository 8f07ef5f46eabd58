import {
  describeIssue,
  errorCatalogue,
  HoldoutError,
  makeSentence,
  makeToldProblem,
  type ProblemItem,
  presentProblem,
} from '@holdout/contracts';
import { isConnectionError, isTextError } from '@holdout/db';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { PageDocument } from './serve-pages.js';

/**
 * Makes every answer that is not a success `application/problem+json` with a code of the catalogue. A person who goes to
 * an address that is not here gets the pages instead, which know more addresses, and say so where they don't.
 */
export function handleErrors(app: FastifyInstance, pages: PageDocument): void {
  app.setErrorHandler((error, request, reply) => sendProblem(toHoldoutError(error), request, reply));
  app.setNotFoundHandler((request, reply) => {
    if (pages.isAskedFor(request)) return pages.send(reply.code(200));
    const detail = `No ${request.method} is answered at ${shorten(request.url.split('?')[0] ?? '')}.`;
    return sendProblem(new HoldoutError('route_not_found', { detail }), request, reply);
  });
}

/** Logs the whole error, and shows the caller only what the catalogue and its author meant for callers. */
export function sendProblem(error: HoldoutError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, fault } = errorCatalogue[error.code];
  if (fault === 'server') request.log.error({ err: error, code: error.code }, 'request failed');
  else request.log.info({ code: error.code, detail: error.detail, problems: error.problems.length }, 'request refused');
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="holdout"');
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('x-request-id', request.id)
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(presentProblem(error, request.id));
}

/** Finds the catalogue's word for whatever was thrown; what has no word is `internal`, with its cause for the log. */
export function toHoldoutError(error: unknown): HoldoutError {
  if (error instanceof HoldoutError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return describeInvalidFields(error);
  if (!(error instanceof Error)) return new HoldoutError('internal', { cause: error });
  if (isConnectionError(error)) return new HoldoutError('database_unavailable', { cause: error });
  // Texts go to the database from many places of a request; what it can't hold is in none of them a mistake of ours.
  if (isTextError(error)) return new HoldoutError('request_invalid', { detail: unstorableText, cause: error });
  return describeFrameworkError(error) ?? new HoldoutError('internal', { cause: error });
}

const unstorableText = 'The address, the query or a field has a NUL or a broken character; expected plain text.';

type InvalidFields = Parameters<typeof describeField>[1];

/** So many are listed: a body has room for a wrong value in every second byte. */
const mostProblems = 50;

function describeInvalidFields(error: { validation: InvalidFields[]; validationContext?: string }): HoldoutError {
  const place = error.validationContext === 'querystring' ? 'query' : (error.validationContext ?? 'request');
  const issues = error.validation.slice(0, mostProblems);
  const problems = issues.flatMap((issue) => describeField(place, issue)).slice(0, mostProblems);
  const count = error.validation.reduce((sum, { params }) => sum + (unknownKeysOf(params)?.length ?? 1), 0);
  if (count > mostProblems) {
    const words = makeSentence('more_problems', { count: count - mostProblems });
    problems.push(makeToldProblem('request_invalid', { words }));
  }
  return new HoldoutError('request_invalid', { detail: problems.map((item) => item.message).join(' '), problems });
}

interface InvalidField {
  readonly instancePath: string;
  readonly message?: string | undefined;
  /** Zod's code, and the rest of what zod says. */
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

function describeField(place: string, { instancePath, message, keyword, params }: InvalidField): ProblemItem[] {
  const field = [place, ...instancePath.split('/').filter((part) => part !== '')].join('.');
  const keys = unknownKeysOf(params)?.slice(0, mostProblems).map(shorten);
  const issue = { ...params, ...(keys ? { keys } : {}), code: keyword, message: message ?? 'Invalid input' };
  return describeIssue('request_invalid', { field }, issue);
}

/** Zod says all fields that there are none of in one issue. */
function unknownKeysOf({ keys }: InvalidField['params']): string[] | undefined {
  return Array.isArray(keys) ? keys.map(String) : undefined;
}

/** What fastify and its plugins refuse before a handler runs. */
function describeFrameworkError(error: Error & Partial<FastifyError>): HoldoutError | null {
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_INVALID_MULTIPART_CONTENT_TYPE':
      return new HoldoutError('media_type_unsupported', { cause: error });
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE':
      return new HoldoutError('upload_too_large', { cause: error });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new HoldoutError('upload_incomplete', { cause: error });
  }
  const status = error.statusCode;
  if (status === 404) return new HoldoutError('route_not_found', { cause: error });
  // Only fastify's own messages are repeated: they speak of the request, never of our insides.
  if (status === undefined || status < 400 || status >= 500) return null;
  const detail = error.code?.startsWith('FST_') ? error.message : undefined;
  return new HoldoutError('request_invalid', { ...(detail ? { detail } : {}), cause: error });
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
