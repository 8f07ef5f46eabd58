import { describe, expect, it } from 'vitest';
import { meetPeople, type People, type Visitor } from './people.js';
import type { Standalone } from './run-standalone.js';
import { useSite } from './use-site.js';
import { checkLook, findBarriers, looks, takePicture, type WatchedPage } from './watched-page.js';

/** Each with the words by which it is complete. */
const openPages = {
  'sign-in': { path: '/sign-in', words: /^(Sign in|登录)$/ },
  'sign-up': { path: '/sign-up', words: /^(Sign up|注册)$/ },
  'forgot-password': { path: '/forgot-password', words: /Forgot|忘记/ },
  'reset-password': { path: '/reset-password?token=abc', words: /new password|新密码/ },
  'verify-email': { path: '/verify-email?error=TOKEN_EXPIRED', words: /opens nothing|失效/ },
} as const;
const ownPages = {
  account: { path: '/account', words: /Your account|我的账户/ },
  tokens: { path: '/tokens', words: /^(Tokens|令牌)$/ },
  device: { path: '/device', words: /command in|允许命令/ },
  teams: { path: '/teams', words: /^(Teams|团队)$/ },
  team: { path: 'TEAM', words: /Team Vera/ },
  invitation: { path: 'INVITATION', words: /^An invitation$|^邀请$/ },
  join: { path: '/competitions/mura/join', words: /MURA/ },
} as const;
describe('the pages of accounts', () => {
  let standalone: Standalone;
  let people: People;
  let vera: Visitor;
  let team: string;
  let invitation: string;

  useSite(async (site) => {
    standalone = site.standalone;
    people = await meetPeople(site.browser, standalone);
    vera = await people.signUp('Vera');
    team = await fill(vera.page);
    const { pathname, search } = new URL(await people.findLink('walter@example.org', /Team Vera/));
    invitation = pathname + search;
  });

  /** A token, a team that takes part, and an invitation: lists that are not empty. */
  async function fill(page: WatchedPage): Promise<string> {
    await page.goto(`${standalone.address}/tokens`);
    await page.getByLabel('Name').fill('continuous integration');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByRole('heading', { name: 'The token' }).waitFor();
    await takePicture(page, 'token-made-light');
    await page.goto(`${standalone.address}/competitions/mura/join`);
    await page.getByRole('checkbox').check();
    await page.getByLabel('Name of the team').fill('Team Vera');
    await takePicture(page, 'join-open-light');
    await page.getByRole('button', { name: 'Take part' }).click();
    await page.getByRole('link', { name: 'Your team' }).click();
    await page.getByLabel('E-mail of who is to come').fill('walter@example.org');
    await page.getByRole('button', { name: 'Send an invitation' }).click();
    await page.getByText('The invitation is on its way.').waitFor();
    return new URL(page.url()).pathname;
  }

  async function look(page: WatchedPage, path: string, words: RegExp, name: string): Promise<void> {
    await page.goto(standalone.address + path);
    await page.getByRole('heading', { level: 1, name: words }).waitFor();
    await checkLook(page, name);
    expect(page.failures).toEqual([]);
  }

  describe.each(Object.entries(looks))(
    'have no barrier, and nothing wider than the screen: %s',
    (lookName, options) => {
      it.each(Object.entries(openPages))('%s', async (name, { path, words }) => {
        const page = await people.visit('/sign-in', options);
        await look(page, path, words, `${name}-${lookName}`);
      });

      it('those of a person', async () => {
        const storageState = await vera.page.context().storageState();
        const page = await people.visit('/teams', { ...options, storageState });
        const made: Readonly<Record<string, string>> = { TEAM: team, INVITATION: invitation };
        for (const [name, { path, words }] of Object.entries(ownPages)) {
          await look(page, made[path] ?? path, words, `${name}-${lookName}`);
        }
      });

      it('the outbox', async () => {
        const storageState = await people.outbox.context().storageState();
        const page = await people.visit('/teams', { ...options, storageState });
        await look(page, '/outbox', /Outbox|发件箱/, `outbox-${lookName}`);
      });
    },
  );

  it('have no barrier in what comes up on them', async () => {
    const { page } = vera;
    await page.goto(standalone.address + team);
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'team-leave-light');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // The focus is where it was.
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Leave');
    const other = await people.visit('/sign-in');
    await people.signIn(other, vera.email, 'a wrong password');
    await other.getByRole('alert').waitFor();
    expect(await findBarriers(other)).toEqual([]);
    await takePicture(other, 'sign-in-refused-light');
  });
});
