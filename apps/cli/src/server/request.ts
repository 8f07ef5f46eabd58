import { problemSchema } from '@holdout/contracts';
import type { z } from 'zod';
import type { Config } from '../config.js';
import { ServerProblem } from '../output.js';

/**
 * Asks the server for JSON.
 *
 * @throws ServerProblem with the server's own words; Error with a sentence where it can't be reached
 */
export async function requestJson<T extends z.ZodType>(
  config: Config,
  schema: T,
  path: string,
  method: 'GET' | 'POST' = 'GET',
): Promise<z.infer<T>> {
  const response = await send(config, path, { method });
  const text = await response.text();
  if (!response.ok) throw readProblem(config, response.status, text);
  return parseAnswer(config, schema, text);
}

/** The answer as it comes, for streams; a refusal is thrown. */
export async function requestStream(
  config: Config,
  path: string,
  headers: Record<string, string>,
  signal?: AbortSignal,
) {
  const response = await send(config, path, { headers, ...(signal ? { signal } : {}) });
  if (!response.ok) throw readProblem(config, response.status, await response.text());
  return response;
}

async function send(config: Config, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(config.server + path, { ...init, headers: { ...authorise(config), ...init.headers } });
  } catch (cause) {
    throw explainUnreachable(config, cause);
  }
}

export function authorise({ token }: Config): Record<string, string> {
  return token ? { authorization: `Bearer ${token}` } : {};
}

/** The server's problem, or a sentence where something else answered. */
export function readProblem({ server }: Config, status: number, text: string): Error {
  const parsed = problemSchema.safeParse(parseJson(text));
  if (parsed.success) return new ServerProblem(parsed.data);
  return new Error(
    `${server} answered ${status} without saying why. Is it a Holdout server? Correct --server or HOLDOUT_SERVER.`,
  );
}

export function parseAnswer<T extends z.ZodType>({ server }: Config, schema: T, text: string): z.infer<T> {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new Error(`${server} answered something else than expected. Does it have the same version as this command?`);
}

export function explainUnreachable({ server }: Config, cause: unknown): Error {
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const code = reason instanceof Error && 'code' in reason ? String(reason.code) : '';
  const words =
    code === 'ECONNREFUSED'
      ? 'nothing listens there'
      : code || (reason instanceof Error ? reason.message : String(reason));
  return new Error(
    `${server} can’t be reached (${words}). Start one with npm start, or name another by --server or HOLDOUT_SERVER.`,
    { cause },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
