import { setTimeout as sleep } from 'node:timers/promises';
import { listMails, type OutboxMail } from '@holdout/db';
import type { TestServer } from './test-server.js';

/** What a browser does of HTTP: keeps cookies, says where a script is from, and follows no redirect by itself. */
export interface Browser {
  /** Sends JSON where there is a body; `origin` null leaves the header out. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The cookies as they came: with their attributes. */
  readonly received: string[];
  readonly jar: Map<string, string>;
}

export function openBrowser(server: Pick<TestServer, 'url'>): Browser {
  const jar = new Map<string, string>();
  const received: string[] = [];
  return {
    jar,
    received,
    async send(method, path, body, headers = {}) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(new URL(path, server.url), {
        method,
        redirect: 'manual',
        headers: {
          ...(cookie ? { cookie } : {}),
          ...(method === 'GET' ? {} : { origin: server.url, 'sec-fetch-site': 'same-origin' }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      for (const line of response.headers.getSetCookie()) {
        received.push(line);
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === '' || /max-age=0/i.test(line)) jar.delete(name);
        else jar.set(name, value);
      }
      return response;
    },
  };
}

export const password = 'correct horse battery';

/** Signs up, opens the link of the mail, and is signed in then. */
export async function signUp(server: TestServer, email: string, name = email.split('@')[0] ?? email): Promise<Browser> {
  const browser = openBrowser(server);
  const seen = await newestMailId(server);
  const answer = await browser.send('POST', '/api/auth/sign-up/email', { name, email, password });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  const { text } = await waitForMail(server, email, seen);
  const verified = await browser.send('GET', findLink(text));
  if (verified.status !== 302) throw new Error(`${verified.status} ${await verified.text()}`);
  return browser;
}

export async function signIn(server: TestServer, email: string, secret = password): Promise<Browser> {
  const browser = openBrowser(server);
  const answer = await browser.send('POST', '/api/auth/sign-in/email', { email, password: secret });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return browser;
}

/** The latest mail to an address, which is sent beside the answer; not one up to the id `after`. */
export async function waitForMail(server: TestServer, to: string, after = 0): Promise<OutboxMail> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const mail = (await listMails(server.database, 50)).find(({ recipient, id }) => recipient === to && id > after);
    if (mail) return mail;
    await sleep(20);
  }
  throw new Error(`No mail to ${to} came.`);
}

export async function newestMailId(server: TestServer): Promise<number> {
  return (await listMails(server.database, 1))[0]?.id ?? 0;
}

export function findLink(text: string): string {
  const link = /http:\/\/\S+/.exec(text)?.[0];
  if (!link) throw new Error(`There is no link in: ${text}`);
  return link;
}
