import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface OidcPerson {
  readonly sub: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly name: string;
}

export interface OidcProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Who is signed in at the provider now. */
  person: OidcPerson;
  /** Replaces what an ID token says, to see it refused. */
  tamper: Record<string, unknown>;
  /** How many codes were exchanged. */
  exchanged: number;
  close(): Promise<void>;
}

interface Grant {
  readonly person: OidcPerson;
  readonly challenge: string;
  readonly redirectUri: string;
  readonly nonce: string | null;
}

/**
 * An OpenID Connect provider over real HTTP: the code flow with PKCE (S256), ID tokens signed by RS256. It signs in who
 * `person` says, without asking; all else it checks as the standard says, and answers 400 where it is not so.
 */
export async function startOidcProvider(person: OidcPerson): Promise<OidcProvider> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const grants = new Map<string, Grant>();
  const server = createServer(async (request, response) => {
    const answer = await respond(request);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: OidcProvider = {
    issuer,
    clientId: 'holdout',
    clientSecret: randomUUID(),
    person,
    tamper: {},
    exchanged: 0,
    close: () => new Promise((closed) => void server.close(() => closed())),
  };

  async function respond(request: IncomingMessage) {
    const url = new URL(request.url ?? '/', issuer);
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/userinfo`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          code_challenge_methods_supported: ['S256'],
        });
      case '/jwks':
        return json(200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256', use: 'sig' }] });
      case '/authorize':
        return authorize(url.searchParams);
      case '/token':
        return exchange(new URLSearchParams(await text(request)), request.headers.authorization);
      default:
        return json(404, {});
    }
  }

  function authorize(asked: URLSearchParams) {
    const [challenge, redirectUri, state] = [
      asked.get('code_challenge'),
      asked.get('redirect_uri'),
      asked.get('state'),
    ];
    const isRight =
      asked.get('response_type') === 'code' &&
      asked.get('client_id') === provider.clientId &&
      asked.get('code_challenge_method') === 'S256' &&
      (asked.get('scope') ?? '').split(' ').includes('openid');
    if (!isRight || !challenge || !redirectUri || !state) return json(400, { error: 'invalid_request' });
    const code = randomUUID();
    grants.set(code, { person: provider.person, challenge, redirectUri, nonce: asked.get('nonce') });
    const back = new URL(redirectUri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', state);
    return { status: 302, headers: { location: back.href }, body: '' };
  }

  function exchange(asked: URLSearchParams, authorization: string | undefined) {
    const code = asked.get('code') ?? '';
    const grant = grants.get(code);
    grants.delete(code);
    const basic = `Basic ${Buffer.from(`${provider.clientId}:${provider.clientSecret}`).toString('base64')}`;
    const isClient = authorization === basic || asked.get('client_secret') === provider.clientSecret;
    const challenge = createHash('sha256')
      .update(asked.get('code_verifier') ?? '')
      .digest('base64url');
    if (!grant || !isClient || challenge !== grant.challenge || asked.get('redirect_uri') !== grant.redirectUri) {
      return json(400, { error: 'invalid_grant' });
    }
    provider.exchanged += 1;
    const seconds = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: provider.clientId, iat: seconds, exp: seconds + 300, nonce: grant.nonce };
    const idToken = sign({ ...claims, ...grant.person, ...provider.tamper });
    return json(200, { access_token: randomUUID(), token_type: 'Bearer', expires_in: 300, id_token: idToken });
  }

  function sign(claims: object): string {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const content = `${encode({ alg: 'RS256', kid: '1', typ: 'JWT' })}.${encode(claims)}`;
    return `${content}.${createSign('RSA-SHA256').update(content).sign(privateKey, 'base64url')}`;
  }

  return provider;
}

function json(status: number, body: object) {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
