import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { Standalone } from './run-standalone.js';
import { openPage, type WatchedPage } from './watched-page.js';

export const password = 'correct horse battery';

/** Somebody at a browser of their own. */
export interface Visitor {
  readonly page: WatchedPage;
  readonly email: string;
  readonly password: string;
}

/** What people do on the pages of one server to come in. */
export interface People {
  /** Opens a browser that nobody signed in with. */
  visit(path: string, options?: BrowserContextOptions): Promise<WatchedPage>;
  /** Signs up, opens the link of the mail, and is signed in. */
  signUp(name: string, options?: BrowserContextOptions): Promise<Visitor>;
  /** On the page of signing in, which others lead to. */
  signIn(page: WatchedPage, email: string, secret: string): Promise<void>;
  /** The link of the latest mail to an address, as the administrator finds it in the outbox. */
  findLink(email: string, subject: RegExp): Promise<string>;
  /** The administrator’s page of the mails. */
  readonly outbox: WatchedPage;
  readonly administrator: { readonly email: string; readonly password: string };
  close(): Promise<void>;
}

/** Reads from what `npm start` printed who the administrator is, and signs them in. */
export async function meetPeople(browser: Browser, standalone: Standalone): Promise<People> {
  const opened: WatchedPage[] = [];
  const printed = /site administrator\s+(\S+)\s+(\S+)/.exec(standalone.output());
  if (!printed?.[1] || !printed[2]) throw new Error(`npm start printed no administrator:\n${standalone.output()}`);
  const administrator = { email: printed[1], password: printed[2] };

  const visit = async (path: string, options: BrowserContextOptions = {}): Promise<WatchedPage> => {
    const page = await openPage(browser, options);
    opened.push(page);
    await page.goto(standalone.address + path);
    return page;
  };
  const signIn = async (page: WatchedPage, email: string, secret: string): Promise<void> => {
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(secret);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };
  const outbox = await visit('/sign-in?next=%2Foutbox');
  await signIn(outbox, administrator.email, administrator.password);
  await outbox.getByRole('heading', { name: 'Outbox' }).waitFor();

  const findLink = async (email: string, subject: RegExp): Promise<string> => {
    // The latest stands first, and new ones come by themselves.
    const mail = outbox
      .getByRole('region', { name: subject })
      .filter({ hasText: `To ${email},` })
      .first();
    return (await mail.getByRole('link').getAttribute('href', { timeout: 60_000 })) ?? '';
  };
  return {
    visit,
    signIn,
    findLink,
    outbox,
    administrator,
    async signUp(name, options) {
      const email = `${name.toLowerCase()}@example.org`;
      const page = await visit('/sign-up', options);
      await page.getByLabel('Name').fill(name);
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Sign up' }).click();
      await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
      await page.goto(await findLink(email, /Prove your address/));
      await page.getByText(`You are signed in as ${name} (${email}).`).waitFor();
      return { page, email, password };
    },
    async close() {
      for (const page of opened) await page.context().close();
    },
  };
}
