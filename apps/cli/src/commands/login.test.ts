import { readFile, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../testing/make-folder.js';
import { runHoldout } from '../testing/run-holdout.js';
import { startScriptedServer } from '../testing/start-scripted-server.js';

const me = {
  user: {
    id: 'u',
    name: 'Ada',
    email: 'ada@example.org',
    emailVerified: true,
    siteAdmin: false,
    twoFactorEnabled: false,
    secondFactorDue: false,
  },
  teams: [],
  competitions: [],
  organises: [],
  token: { id: '7c1fd1c6-5b0b-4f0e-8f6e-5b1b0f6f1f11', name: 'login of holdout-cli' },
};
me.user.id = me.token.id;

type Script = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A server that lets the command in after it has asked as often as there are refusals; one after the other. */
async function startServer(refusals: readonly string[], script: Script = () => false) {
  const seen: { at: number; path: string; body: unknown; authorization: string | undefined }[] = [];
  let asked = 0;
  const scripted = await startScriptedServer(async (request, response) => {
    const path = `${request.method} ${request.url}`;
    const body = request.method === 'POST' ? await json(request) : null;
    seen.push({ at: performance.now(), path, body, authorization: request.headers.authorization });
    if (script(request, response)) return;
    if (path === 'POST /api/auth/device/code') {
      const codes = { device_code: 'secret-code', user_code: 'ABCD-EFGH', verification_uri: '/device', interval: 1 };
      return response.end(
        JSON.stringify({ ...codes, verification_uri_complete: '/device?user_code=ABCD-EFGH', expires_in: 900 }),
      );
    }
    if (path === 'POST /api/auth/device/token') {
      const error = refusals[asked++];
      if (error) return response.writeHead(400).end(JSON.stringify({ error, error_description: 'x' }));
      return response.end(JSON.stringify({ access_token: 'holdout_granted', token_type: 'Bearer' }));
    }
    if (path === 'GET /api/me') return response.end(JSON.stringify(me));
    return response.writeHead(204).end();
  });
  return { ...scripted, seen, address: scripted.config.server };
}

async function makeHome() {
  const folder = await makeFolder();
  return { environment: { XDG_CONFIG_HOME: folder }, file: join(folder, 'holdout', 'credentials.json') };
}

describe('holdout login', () => {
  it('shows where to confirm, waits as it is told to, and keeps the token where only its owner can read it', async () => {
    const server = await startServer(['authorization_pending', 'slow_down']);
    const { environment, file } = await makeHome();
    const { exitCode, stdout, stderr } = await runHoldout(['login', '--server', `${server.address}/`], { environment });
    expect([exitCode, stdout]).toEqual([0, `Logged in to ${server.address} as Ada <ada@example.org>.\n`]);
    expect(stderr).toContain(`Open ${server.address}/device?user_code=ABCD-EFGH\n`);
    expect(stderr).toContain('confirm the code ABCD-EFGH there');
    const asked = server.seen.filter(({ path }) => path.endsWith('/device/token'));
    expect(asked.map(({ body }) => body)).toEqual(
      Array(3).fill({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: 'secret-code',
        client_id: 'holdout-cli',
      }),
    );
    const [first = 0, second = 0, third = 0] = asked.map(({ at }) => at);
    expect(second - first).toBeGreaterThan(950);
    expect(third - second).toBeGreaterThan(5900);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(file, '..'))).mode & 0o777).toBe(0o700);
    expect(await readFile(file, 'utf8')).toContain('holdout_granted');
    expect(stdout + stderr).not.toContain('holdout_granted');

    const who = await runHoldout(['whoami', '--server', server.address], { environment });
    expect(who.stdout).toContain('Ada <ada@example.org>');
    expect(server.seen.at(-1)).toMatchObject({ path: 'GET /api/me', authorization: 'Bearer holdout_granted' });
  });

  it('is not what counts where HOLDOUT_TOKEN or --token is there, nor for another server', async () => {
    const server = await startServer([]);
    const other = await startServer([]);
    const { environment } = await makeHome();
    const withToken = { ...environment, HOLDOUT_TOKEN: 'holdout_mine', HOLDOUT_SERVER: server.address };
    const login = await runHoldout(['login'], { environment: withToken });
    expect(login.stderr).toMatch(/HOLDOUT_TOKEN is set and comes before this login/);
    const tokenOf = async (argv: string[], environment: Record<string, string>) => {
      await runHoldout(['whoami', ...argv], { environment });
      return server.seen.at(-1)?.authorization;
    };
    expect(await tokenOf([], withToken)).toBe('Bearer holdout_mine');
    expect(await tokenOf(['--token', 'holdout_other'], withToken)).toBe('Bearer holdout_other');
    expect(await tokenOf(['--server', server.address], environment)).toBe('Bearer holdout_granted');
    const elsewhere = await runHoldout(['whoami', '--server', other.address], { environment });
    expect([elsewhere.exitCode, other.seen]).toEqual([1, []]);
    expect(elsewhere.stderr).toMatch(/Type: holdout login/);
  });

  it.each([
    ['access_denied', 'login_denied', /denied on the server’s page/],
    ['expired_token', 'login_expired', /not confirmed in time/],
    ['invalid_client', 'answer_unexpected', /refuses the login: invalid_client/],
  ])('says what became of it: %s', async (refusal, code, words) => {
    const { address } = await startServer([refusal]);
    const { environment } = await makeHome();
    const { exitCode, stdout } = await runHoldout(['login', '--server', address, '--json'], { environment });
    expect(exitCode).toBe(1);
    const { error } = JSON.parse(stdout);
    expect([error.code, error.title]).toEqual([code, expect.stringMatching(words)]);
    expect(error.next).toMatch(/holdout login/);
  });

  it('waits for a server that goes away while the code is good', async () => {
    let failures = 0;
    const server = await startServer([], (request, response) => {
      if (!request.url?.endsWith('/device/token') || failures++ > 1) return false;
      if (failures === 1) request.socket.destroy();
      else response.writeHead(503).end();
      return true;
    });
    const { environment } = await makeHome();
    const { exitCode, stderr } = await runHoldout(['login', '--server', server.address], { environment });
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/lost; trying again[\s\S]*Connected again/)]);
  });

  it('says that a server has no accounts, and that its own file was spoilt', async () => {
    const problem = { type: 'x', status: 404, code: 'route_not_found', title: 'Nothing.', next: 'x' };
    const { address } = await startServer([], (_request, response) =>
      Boolean(response.writeHead(404).end(JSON.stringify(problem))),
    );
    const { environment, file } = await makeHome();
    const old = await runHoldout(['login', '--server', address], { environment });
    expect([old.exitCode, old.stderr]).toEqual([1, expect.stringMatching(/version of the server/)]);
    const server = await startServer([]);
    await runHoldout(['login', '--server', server.address], { environment });
    await writeFile(file, '{');
    const spoilt = await runHoldout(['whoami', '--server', server.address], { environment });
    expect([spoilt.exitCode, spoilt.stderr]).toEqual([
      1,
      expect.stringMatching(/credentials\.json[\s\S]*holdout login/),
    ]);
  });
});

describe('holdout logout', () => {
  it('revokes the token and forgets it', async () => {
    const server = await startServer([]);
    const { environment, file } = await makeHome();
    const argv = ['--server', server.address];
    await runHoldout(['login', ...argv], { environment });
    const { exitCode, stdout } = await runHoldout(['logout', ...argv], { environment });
    expect([exitCode, stdout]).toEqual([0, `Logged out of ${server.address}.\n`]);
    expect(server.seen.at(-1)).toMatchObject({
      path: `DELETE /api/me/tokens/${me.token.id}`,
      authorization: 'Bearer holdout_granted',
    });
    expect(await readFile(file, 'utf8')).not.toContain('holdout_granted');
    expect((await runHoldout(['logout', ...argv], { environment })).stdout).toMatch(/were not logged in/);
  });

  it('forgets the token also where the server is away, and says that it still holds', async () => {
    const server = await startServer([]);
    const { environment, file } = await makeHome();
    await runHoldout(['login', '--server', server.address], { environment });
    await server.stop();
    const { exitCode, stderr } = await runHoldout(['logout', '--server', server.address], { environment });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/removed here, but could not be revoked[\s\S]*page of your account/);
    expect(await readFile(file, 'utf8')).not.toContain('holdout_granted');
  });
});
