import { tokenScopeSchema } from '@holdout/contracts';
import { type Database, deleteSession, insertPersonalToken } from '@holdout/db';
import { hashToken, makeToken } from './tokens.js';

/** The part of better-auth's context after `POST /device/token` that is needed here. */
interface GrantContext {
  readonly body?: { readonly client_id?: unknown };
  readonly context: {
    readonly newSession: {
      readonly user: { readonly id: string };
      readonly session: { readonly token: string };
    } | null;
    readonly returned?: unknown;
  };
  json<T extends object>(body: T): Promise<T> | T;
}

const validDays = 90;

/**
 * A command that a person let in gets one of our tokens in place of a session: it is listed, limited and revoked as all
 * tokens are, and only its hash is stored. The command may ask for less by `scope`: `read`, `submit`, or `organise`,
 * which is all that the person may do.
 */
export async function answerWithToken(database: Database, context: GrantContext) {
  const granted = context.context.newSession;
  if (!granted) return undefined;
  await deleteSession(database, granted.session.token);
  const secret = makeToken();
  const scope = readScope(context.context.returned);
  const expiresAt = new Date(Date.now() + validDays * 24 * 60 * 60 * 1000);
  const client = typeof context.body?.client_id === 'string' ? context.body.client_id.slice(0, 60) : 'a command';
  await insertPersonalToken(database, {
    userId: granted.user.id,
    tokenSha256: hashToken(secret),
    name: `login of ${client.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '')}`,
    scope,
    competitionId: null,
    expiresAt,
  });
  return await context.json({
    access_token: secret,
    token_type: 'Bearer',
    expires_in: validDays * 24 * 60 * 60,
    scope,
  });
}

/** The widest that was asked for; all where nothing was. */
function readScope(returned: unknown): 'read' | 'submit' | 'organise' {
  const asked = typeof returned === 'object' && returned !== null && 'scope' in returned ? String(returned.scope) : '';
  const scopes = asked.split(' ').flatMap((word) => tokenScopeSchema.safeParse(word).data ?? []);
  return tokenScopeSchema.options.findLast((scope) => scopes.includes(scope)) ?? 'organise';
}
