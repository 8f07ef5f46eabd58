import { Readable } from 'node:stream';
import { problemSchema } from '@holdout/contracts';
import type { z } from 'zod';
import { CommandError } from '../command-error.js';
import type { ServerConfig } from '../config.js';

const answerMinutes = 1;

interface JsonRequest<T> {
  readonly path: string;
  readonly schema: T;
  readonly signal: AbortSignal;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  /** How long the server may take. */
  readonly patienceMinutes?: number;
}

/**
 * Asks the server for JSON.
 *
 * @throws CommandError with the server's own problem, or `server_unreachable`, or `answer_unexpected`
 */
export async function requestJson<T extends z.ZodType>(
  config: ServerConfig,
  { path, schema, signal, method = 'GET', body, patienceMinutes = answerMinutes }: JsonRequest<T>,
): Promise<z.infer<T>> {
  const timeout = AbortSignal.timeout(patienceMinutes * 60_000);
  try {
    const response = await fetch(config.server + path, {
      method,
      headers: {
        accept: 'application/json',
        ...authorise(config),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, timeout]),
    });
    return readAnswer(config, schema, response.status, await response.text());
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof CommandError ? error : explainUnreachable(config, error);
  }
}

/**
 * Asks the server for something long, which is handed on as it comes.
 *
 * @throws CommandError with the server's own problem, or `server_unreachable`
 */
export async function requestStream(
  config: ServerConfig,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<Readable> {
  try {
    const response = await fetch(config.server + path, { headers: authorise(config), signal });
    if (!response.ok || !response.body) throw readProblem(config, response.status, await response.text());
    return Readable.fromWeb(response.body);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof CommandError ? error : explainUnreachable(config, error);
  }
}

export function authorise({ token }: ServerConfig): Record<string, string> {
  return token ? { authorization: `Bearer ${token}` } : {};
}

/**
 * Makes of an answer what it means.
 *
 * @throws CommandError with the server's own problem, or `answer_unexpected` where something else answered
 */
export function readAnswer<T extends z.ZodType>(
  config: ServerConfig,
  schema: T,
  status: number,
  text: string,
): z.infer<T> {
  if (status < 200 || status > 299) throw readProblem(config, status, text);
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new CommandError({
    code: 'answer_unexpected',
    title: `${config.server} answered something that this command does not understand.`,
    next: 'Check that it is a Holdout server of the same version; correct --server or HOLDOUT_SERVER otherwise.',
    cause: parsed.error,
  });
}

/** The server's problem, or a sentence where something else answered, such as a proxy before it. */
export function readProblem({ server }: ServerConfig, status: number, text: string): CommandError {
  const passing = status >= 500 || status === 429 || status === 408;
  const parsed = problemSchema.safeParse(parseJson(text));
  if (parsed.success) return new CommandError({ ...parsed.data, passing });
  return new CommandError({
    code: 'answer_unexpected',
    title: `${server} answered with the status ${status} and without a reason.`,
    next: passing
      ? 'Try again in a minute.'
      : 'Check that it is a Holdout server; correct --server or HOLDOUT_SERVER otherwise.',
    status,
    passing,
  });
}

/** One sentence for whatever kept an answer from coming. */
export function explainUnreachable({ server }: ServerConfig, cause: unknown): CommandError {
  return new CommandError({
    code: 'server_unreachable',
    title: `The server ${server} can’t be reached: ${reasonOf(cause)}.`,
    next: 'Start one here with npm start, or name another by --server or HOLDOUT_SERVER.',
    passing: true,
    cause,
  });
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no machine has that name',
  EAI_AGAIN: 'its name can’t be looked up now',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
};

/** Fetch wraps the reason; the innermost one tells most. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'it does not answer';
  const code = 'code' in error ? String(error.code) : '';
  // Where a name has several addresses, each has failed in its own way.
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return reasons[code] ?? (inner instanceof Error ? reasonOf(inner) : error.message || code);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
