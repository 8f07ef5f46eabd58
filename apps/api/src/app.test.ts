import { connect } from 'node:net';
import { competitionListSchema, competitionSchema, problemSchema } from '@holdout/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { signUp } from './testing/browser.js';
import { type SeededCompetition, seedCompetition } from './testing/seed-competition.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

let server: TestServer;
let seeded: SeededCompetition;
beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
});
afterAll(() => server.close());

const documentSchema = z.object({
  openapi: z.string(),
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ security: z.array(z.record(z.string(), z.unknown())).optional() })),
  ),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

async function listRoutes() {
  const document = documentSchema.parse(await (await server.request('/api/openapi.json')).json());
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
}

/** An address that the route matches and where nothing is. */
function fillIn(path: string): string {
  return path.replaceAll(/\{(id|\w+Id)\}/g, '00000000-0000-4000-8000-000000000000').replaceAll(/\{\w+\}/g, 'nothing');
}

async function readProblem(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const problem = problemSchema.strict().parse(await response.json());
  expect(problem.status).toBe(response.status);
  expect(problem.instance).toBe(response.headers.get('x-request-id'));
  return problem;
}

describe('every route of the OpenAPI document', () => {
  it('that writes is closed without a token, with an unknown one and with half a one', async () => {
    const writing = (await listRoutes()).filter(({ method }) => method !== 'GET');
    expect(writing.length).toBeGreaterThan(1);
    for (const { method, path } of writing) {
      for (const [authorization, code] of [
        [undefined, 'token_missing'],
        ['Bearer', 'token_missing'],
        ['Basic YTpi', 'token_missing'],
        ['Bearer nobody', 'token_unknown'],
        [`Bearer ${seeded.alpha.token.slice(0, -1)}`, 'token_unknown'],
        [`Bearer ${seeded.alpha.token} more`, 'token_missing'],
      ]) {
        const headers: Record<string, string> = authorization ? { authorization } : {};
        const response = await server.request(fillIn(path), { method, headers });
        expect(response.status, `${method} ${path} with ${authorization}`).toBe(401);
        expect(response.headers.get('www-authenticate')).toContain('Bearer');
        expect((await readProblem(response)).code).toBe(code);
      }
    }
  });

  it('says in the document whether it needs a token, and does as it says', async () => {
    for (const { method, path, operation } of await listRoutes()) {
      const response = await server.request(fillIn(path), { method });
      const security = (operation.security ?? []).map((way) => Object.keys(way));
      const needsToken = security.length > 0 && !security.some((way) => way.length === 0);
      expect(response.status === 401, `${method} ${path}`).toBe(needsToken);
      await response.body?.cancel();
    }
  });

  const bodies: Record<string, object> = {
    edits: { edits: [{ withdraw: 'x' }], note: 'x' },
    '{userId}': { role: 'member' },
    choose: { chosen: true },
    invitations: { email: 'x@example.org' },
    join: { newTeam: 'x', rulesVersion: 1 },
    merge: { into: '00000000-0000-4000-8000-000000000000' },
    organisers: { email: 'x@example.org' },
    disqualify: { reason: 'x' },
    'heat-map': { submission: '00000000-0000-4000-8000-000000000000', study: 'x' },
    'heat-maps': {},
    rerun: { which: 'all' },
    predictions: { team: 'x', name: 'x', predictions: [{ study: 'x', label: 0, probability: null }] },
  };

  const queries: Record<string, string> = {
    diff: `?from=${'a'.repeat(64)}&to=${'a'.repeat(64)}`,
    image: '?study=x',
    'sample-image': '?study=x',
    'heat-map': '?study=x&submission=00000000-0000-4000-8000-000000000000',
    import: '?note=x',
  };

  it('answers every refusal with a problem', async () => {
    const ada = await signUp(server, 'ada@example.org');
    for (const { method, path, operation } of await listRoutes()) {
      // Those make what their address names, or are nothing to anyone but site administrators.
      if (path.startsWith('/api/operator/')) continue;
      if (!path.includes('{') || method === 'PUT' || path === '/api/test-sets/{testSet}/import') continue;
      const takesJson = JSON.stringify(operation.requestBody ?? {}).includes('application/json');
      const last = path.split('/').at(-1) ?? '';
      const response = await ada.send(
        method,
        fillIn(path) + (queries[last] ?? ''),
        takesJson ? bodies[last] : undefined,
      );
      expect(response.status, `${method} ${path}`).toBe(404);
      expect((await readProblem(response)).code).toMatch(/_not_found$/);
    }
  });

  it('refuses a NUL in its address, which the database can’t hold', async () => {
    const token = seeded.alpha.token;
    for (const { method, path } of await listRoutes()) {
      if (!path.includes('{')) continue;
      const response = await server.request(path.replaceAll(/\{\w+\}/g, '%00'), { method, token });
      expect(response.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
      expect(response.status, `${method} ${path}`).toBeLessThan(500);
      await response.arrayBuffer();
    }
  });

  it('is described with named schemas and the ways to send an archive', async () => {
    const text = await (await server.request('/api/openapi.json')).text();
    const { components, paths } = documentSchema.parse(JSON.parse(text));
    expect(Object.keys(components.schemas)).toEqual(
      expect.arrayContaining(['Competition', 'Leaderboard', 'Problem', 'Submission', 'Health']),
    );
    const submit = paths['/api/competitions/{competition}/phases/{phase}/submissions']?.post;
    const types = Object.keys(
      z.looseObject({ content: z.record(z.string(), z.unknown()) }).parse(submit?.requestBody).content,
    );
    expect(types).toEqual(
      expect.arrayContaining(['application/octet-stream', 'application/zip', 'multipart/form-data']),
    );
  });
});

describe('requests that fit no route', () => {
  it.each([
    ['GET', '/api/nothing'],
    ['POST', '/api/competitions'],
    ['DELETE', '/api/submissions/1'],
    ['GET', '/nothing.html'],
    ['GET', '/%2e%2e/package.json'],
    ['GET', '/..%2f..%2fpackage.json'],
    ['GET', '/.tsbuildinfo'],
    ['GET', `/api/competitions/${'x'.repeat(300)}`],
  ])('%s %s is told so', async (method, path) => {
    const response = await server.request(path, { method });
    expect(response.status).toBe(404);
    expect((await readProblem(response)).code).toMatch(/route_not_found|competition_not_found/);
  });

  it('are told when the address can’t be read', async () => {
    const response = await server.request('/api/competitions/%E0%A4%A');
    expect(response.status).toBe(400);
    expect((await readProblem(response)).code).toBe('request_invalid');
  });

  it('are told when what comes is not HTTP', async () => {
    const { hostname, port } = new URL(server.url);
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), hostname, () => socket.write('hello\r\n\r\n'));
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('end', () => resolve(text)).on('error', reject);
    });
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toContain('application/problem+json');
    expect(problemSchema.parse(JSON.parse(body)).code).toBe('request_invalid');
  });
});

describe('bodies that can’t be read', () => {
  const cancel = '/api/submissions/00000000-0000-4000-8000-000000000000/cancel';
  const post = (body: string, contentType: string) =>
    server.request(cancel, {
      method: 'POST',
      body,
      token: seeded.alpha.token,
      headers: { 'content-type': contentType },
    });

  it('are refused: malformed JSON', async () => {
    const response = await post('{"a":', 'application/json');
    expect(response.status).toBe(400);
    expect(await readProblem(response)).toMatchObject({
      code: 'request_invalid',
      detail: expect.stringContaining('JSON'),
    });
  });

  it('are refused: over the limit', async () => {
    const response = await post(JSON.stringify('x'.repeat(70_000)), 'application/json');
    expect(response.status).toBe(413);
    expect((await readProblem(response)).code).toBe('upload_too_large');
  });

  it('are refused: an unknown type', async () => {
    const response = await post('a=b', 'application/x-www-form-urlencoded');
    expect(response.status).toBe(415);
    expect((await readProblem(response)).code).toBe('media_type_unsupported');
  });

  it('are refused: fields that do not exist, by name', async () => {
    const response = await server.request('/api/competitions/mura/phases/test/submissions?nmae=x', {
      method: 'POST',
      body: new Uint8Array(8),
      token: seeded.alpha.token,
      headers: { 'content-type': 'application/zip' },
    });
    expect(response.status).toBe(400);
    const problem = await readProblem(response);
    expect(problem.detail).toContain('nmae');
    expect(problem.problems?.[0]?.field).toContain('query');
  });
});

describe('competitions', () => {
  it('are listed with their phases, and nothing of what is hidden', async () => {
    const response = await server.request('/api/competitions');
    const text = await response.text();
    const { competitions } = z.object({ competitions: z.array(competitionSchema.strict()) }).parse(JSON.parse(text));
    expect(competitionListSchema.parse({ competitions })).toMatchObject({
      competitions: [
        {
          competition: 'mura',
          phases: [
            { phase: 'practice', visibility: 'public', studies: 2, images: 2, studyTypes: ['hand'] },
            { phase: 'test', visibility: 'hidden', studies: 4, images: 8, testSetVersion: seeded.hiddenVersion.digest },
          ],
        },
      ],
    });
    expect(text).not.toMatch(/patient|XR_|image1|Reader/);
  });

  it('are read one by one', async () => {
    const response = await server.request('/api/competitions/mura');
    expect(competitionSchema.parse(await response.json()).title).toBe('MURA');
    const missing = await server.request('/api/competitions/mars');
    expect(await readProblem(missing)).toMatchObject({
      code: 'competition_not_found',
      detail: 'You asked for “mars”.',
    });
  });

  it('name their phases where one is asked for that does not exist', async () => {
    const response = await server.request('/api/competitions/mura/phases/tset/leaderboard');
    expect(await readProblem(response)).toMatchObject({
      code: 'phase_not_found',
      detail: 'You asked for “tset”; there is: practice, test.',
    });
  });
});

describe('pages', () => {
  async function expectAll(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const response = await server.request(path);
      expect(response.status, path).toBe(200);
      expect((await response.text()).length, path).toBeGreaterThan(0);
    }
  }

  it('are served at / with their parts, under a policy that lets nothing in from elsewhere', async () => {
    const page = await server.request('/');
    const html = await page.text();
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|upgrade-insecure-requests|https?:/);
    // The number that lets the page's own styles in is another one for each answer.
    const nonce = /style-src 'self' 'nonce-([\w-]{22})'/.exec(policy)?.[1] ?? 'none';
    expect(html).toContain(`nonce="${nonce}"`);
    expect((await server.request('/')).headers.get('content-security-policy')).not.toContain(nonce);
    const parts = [...html.matchAll(/(?:src|href)="(\/[^"/][^"]*\.(?:js|css|svg))"/g)].map((match) => match[1] ?? '');
    expect(parts.length).toBeGreaterThan(3);
    await expectAll(parts);
    expect(html).not.toMatch(/(?:src|href)="https?:/);
    expect(html).not.toMatch(/<script(?![^>]* src=)/);
  });

  it('keep assets for ever, and send them as small as they were built', async () => {
    const html = await (await server.request('/')).text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
    for (const coding of ['br', 'gzip']) {
      const response = await server.request(script, { headers: { 'accept-encoding': coding } });
      expect(response.headers.get('content-encoding')).toBe(coding);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(response.headers.get('content-type')).toContain('javascript');
    }
  });

  it('answer a person who goes to an address that only they know, and no program', async () => {
    const accept = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const page = await server.request('/competitions/mura/leaderboard?phase=test', { headers: accept });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<div id="root">');
    for (const [path, headers] of [
      ['/competitions/mura/leaderboard', { accept: 'application/json' }],
      ['/api/nothing', accept],
      ['/assets/nothing.js', accept],
      ['/.vite/manifest.json', { accept: '*/*' }],
      ['/index.html', { accept: '*/*' }],
    ] as const) {
      const response = await server.request(path, { headers });
      expect(response.status, path).toBe(404);
      expect((await readProblem(response)).code, path).toBe('route_not_found');
    }
  });

  it('include the reference, which needs no other server', async () => {
    const response = await server.request('/api/docs');
    expect(response.status).toBe(200);
    const html = await response.text();
    const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(parts.length).toBeGreaterThan(3);
    await expectAll(parts);
    expect(await (await server.request('/api/docs/static/swagger-initializer.js')).text()).toContain(
      '/api/openapi.json',
    );
  });
});

describe('the log', () => {
  it('has the request’s id and never a token', async () => {
    const response = await server.request('/api/submissions/x', { token: seeded.alpha.token });
    const id = response.headers.get('x-request-id') ?? 'none';
    const log = server.logLines.join('');
    expect(log).toContain(id);
    expect(log).not.toContain(seeded.alpha.token);
    expect(log).not.toContain('nobody');
  });
});
