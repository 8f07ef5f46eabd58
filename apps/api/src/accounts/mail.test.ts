import { problemSchema, signInOptionsSchema } from '@holdout/contracts';
import { listMails } from '@holdout/db';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { provideSiteAdmin } from '../provision/provide-user.js';
import { openBrowser, password } from '../testing/browser.js';
import { type MailServer, startMailServer } from '../testing/start-mail-server.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const publicUrl = 'https://holdout.example';
let mailServer: MailServer;
let server: TestServer;
beforeAll(async () => {
  mailServer = await startMailServer();
  server = await startTestServer({
    environment: {
      HOLDOUT_PUBLIC_URL: publicUrl,
      HOLDOUT_SMTP_URL: mailServer.url,
      HOLDOUT_MAIL_FROM: 'Holdout <holdout@holdout.example>',
    },
  });
});
afterAll(async () => {
  await server.close();
  await mailServer.close();
});

const signUp = (email: string) =>
  openBrowser(server).send('POST', '/api/auth/sign-up/email', { name: 'Ada', email, password }, { origin: publicUrl });

it('goes out by the mail server, with links to the public address, and not into the outbox', async () => {
  expect((await signUp('ada@example.org')).status).toBe(200);
  await vi.waitFor(() => expect(mailServer.received).toHaveLength(1), 30_000);
  const [mail] = mailServer.received;
  expect(mail).toMatchObject({ from: 'holdout@holdout.example', to: ['ada@example.org'] });
  expect(mail?.content).toContain('Subject: Prove your address for Holdout');
  expect(mail?.content.replaceAll('=\n', '')).toContain(`${publicUrl}/api/auth/verify-email?token`);
  expect(await listMails(server.database, 10)).toEqual([]);
});

it('answers the same, and at once, where the mail server is gone', async () => {
  await mailServer.close();
  expect((await signUp('bob@example.org')).status).toBe(200);
  await vi.waitFor(() => expect(server.logLines.join('')).toContain('a mail could not be sent'), 30_000);
});

it('has no outbox to show, and cookies that only https carries', async () => {
  await provideSiteAdmin(server, { name: 'Root', email: 'root@example.org', password });
  const root = openBrowser(server);
  const signIn = (origin: string) =>
    root.send('POST', '/api/auth/sign-in/email', { email: 'root@example.org', password }, { origin });
  // The name by which this machine is reached is not the one that the operator gave it.
  expect((await signIn(server.url)).status).toBe(403);
  expect((await signIn(publicUrl)).status).toBe(200);
  const session = root.received.find((line) => line.startsWith('__Secure-holdout.session_token='));
  expect(session).toMatch(/; Secure/);
  const outbox = await root.send('GET', '/api/outbox');
  expect(problemSchema.parse(await outbox.json()).code).toBe('route_not_found');
  const options = signInOptionsSchema.parse(await (await server.request('/api/sign-in')).json());
  expect(options.mail).toBe('smtp');
});
