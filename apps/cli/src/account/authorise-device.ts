import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { CommandError } from '../command-error.js';
import type { ServerConfig } from '../config.js';
import { Patience } from '../server/patience.js';
import { explainUnreachable, readAnswer, readProblem } from '../server/request.js';

const clientId = 'holdout-cli';
const grantType = 'urn:ietf:params:oauth:grant-type:device_code';
const answerTimeoutMilliseconds = 60_000;
/** By how much RFC 8628 has a client slow down that is told to. */
const slowDownSeconds = 5;

const codesSchema = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  verification_uri_complete: z.string().optional(),
  expires_in: z.number().positive(),
  interval: z.number().positive().default(5),
});
const grantSchema = z.object({ access_token: z.string().min(1) });
const refusalSchema = z.object({ error: z.string(), error_description: z.string().optional() });

interface Authorisation {
  /** What the token may do at most: `read`, `submit`, `organise`. */
  readonly scope: string;
  readonly signal: AbortSignal;
  /** Called once, with what a person has to open, and the code that they must see there. */
  readonly onCode: (code: { address: string; userCode: string }) => void;
  readonly onConnection: (state: 'lost' | 'back') => void;
}

/**
 * Has a person let this command in, on a page of the server that is opened anywhere (RFC 8628). No password is typed
 * here, and none is kept.
 *
 * @returns the token
 * @throws CommandError `login_denied`, `login_expired`; whatever keeps the server from being asked
 */
export async function authoriseDevice(config: ServerConfig, authorisation: Authorisation): Promise<string> {
  const { scope, signal, onCode, onConnection } = authorisation;
  const begun = await post(config, '/api/auth/device/code', { client_id: clientId, scope }, signal);
  const codes = readAnswer(config, codesSchema, begun.status, begun.text);
  const address = codes.verification_uri_complete ?? codes.verification_uri;
  onCode({ address: new URL(address, config.server).href, userCode: codes.user_code });
  const patience = new Patience({ signal, onConnection });
  const expiresAt = performance.now() + codes.expires_in * 1000;
  const question = { grant_type: grantType, device_code: codes.device_code, client_id: clientId };
  let intervalSeconds = codes.interval;
  while (performance.now() < expiresAt) {
    await sleep(intervalSeconds * 1000, undefined, { signal });
    const { status, text } = await patience.keepTrying(() => askForToken(config, question, signal));
    if (status === 200) return readAnswer(config, grantSchema, status, text).access_token;
    const refusal = refusalSchema.safeParse(parseJson(text));
    if (!refusal.success) throw readProblem(config, status, text);
    if (refusal.data.error === 'slow_down') intervalSeconds += slowDownSeconds;
    else if (refusal.data.error !== 'authorization_pending') throw explainRefusal(refusal.data);
  }
  throw explainRefusal({ error: 'expired_token' });
}

/** A server that is away for a moment is asked again: the code stays good. */
async function askForToken(config: ServerConfig, question: object, signal: AbortSignal) {
  const answer = await post(config, '/api/auth/device/token', question, signal);
  if (answer.status >= 500) throw readProblem(config, answer.status, answer.text);
  return answer;
}

function explainRefusal({ error, error_description: detail }: z.infer<typeof refusalSchema>): CommandError {
  const next = 'Type it again: holdout login';
  if (error === 'access_denied') {
    return new CommandError({ code: 'login_denied', title: 'The login was denied on the server’s page.', next });
  }
  if (error === 'expired_token' || error === 'invalid_grant') {
    return new CommandError({ code: 'login_expired', title: 'The code was not confirmed in time.', next });
  }
  const title = `The server refuses the login: ${error}.`;
  return new CommandError({ code: 'answer_unexpected', title, detail, next });
}

async function post(config: ServerConfig, path: string, body: object, signal: AbortSignal) {
  try {
    const response = await fetch(config.server + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMilliseconds)]),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    signal.throwIfAborted();
    throw explainUnreachable(config, error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
