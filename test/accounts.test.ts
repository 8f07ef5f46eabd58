import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import decodeQR from 'qr/decode.js';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { meetPeople, type People, password } from './people.js';
import type { Standalone } from './run-standalone.js';
import { readAuthenticator } from './totp.js';
import { useSite } from './use-site.js';
import { takePicture, type WatchedPage } from './watched-page.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const holdout = fileURLToPath(new URL('../node_modules/.bin/holdout', import.meta.url));

describe('people of a freshly started server', () => {
  let standalone: Standalone;
  let people: People;

  useSite(async (site) => {
    standalone = site.standalone;
    people = await meetPeople(site.browser, standalone);
  });

  const open = (page: WatchedPage, path: string) => page.goto(standalone.address + path);
  const focused = (page: WatchedPage) => page.evaluate(() => document.activeElement?.textContent);
  const focusedField = (page: WatchedPage) => page.evaluate(() => document.activeElement?.getAttribute('name'));
  /** What refuses by a status is said in the console too. */
  const withoutRefusals = (page: WatchedPage) => page.failures.filter((words) => !/status of 4\d\d/.test(words));

  it('sign up, prove their address, join with a team, and make a token that works', async () => {
    const { page } = await people.signUp('Ada');
    await takePicture(page, 'verified-light');
    await open(page, '/competitions/mura/join');
    await page.getByRole('region', { name: 'Rules' }).waitFor();
    await page.getByRole('checkbox', { name: /I have read the rules \(version 1\)/ }).check();
    await page.getByLabel('Name of the team').fill('Team Ada');
    await page.getByRole('button', { name: 'Take part' }).click();
    await page.getByText('You take part with the team “Team Ada”.').waitFor();
    await page.getByRole('link', { name: 'Make a token for the command' }).click();
    await page.getByRole('heading', { name: 'Tokens', exact: true }).waitFor();
    await expect.poll(() => focused(page)).toBe('Tokens');

    await page.getByLabel('Name').fill('laptop');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByRole('heading', { name: 'The token “laptop”' }).waitFor();
    await expect.poll(() => focused(page)).toBe('The token “laptop”');
    const secret = (await page.getByRole('region', { name: 'The token', exact: true }).textContent()) ?? '';
    const me = await readMe(secret);
    expect(me.user?.email).toBe('ada@example.org');
    expect(me.competitions).toMatchObject([{ competition: 'mura', team: { name: 'Team Ada' }, rulesVersion: 1 }]);
    await page.getByRole('button', { name: 'I have copied it' }).click();
    expect(await page.getByText(secret).count()).toBe(0);
    await page.reload();
    await page.getByText(/Submit · last used/).waitFor();
    await page.getByRole('button', { name: 'Revoke: laptop' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('You have no token yet.').waitFor();
    // Not lost with the row that had it.
    await expect.poll(() => focused(page)).toBe('Tokens');
    expect((await fetchAs(secret)).status).toBe(401);
    expect(page.failures).toEqual([]);
  });

  it('learn on no page whether an address has an account', async () => {
    await people.signUp('Known');
    const wordsAfter = async (email: string): Promise<string[]> => {
      const page = await people.visit('/sign-in');
      await people.signIn(page, email, 'another password');
      const refused = (await page.getByRole('alert').textContent()) ?? '';
      await open(page, '/forgot-password');
      await page.getByLabel('E-mail').fill(email);
      await page.getByRole('button', { name: 'Send a link' }).click();
      await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
      await page.getByText('This server has no mail server').waitFor();
      const forgot = (await page.getByRole('main').textContent()) ?? '';
      await open(page, '/sign-up');
      await page.getByLabel('Name').fill('X');
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password', { exact: true }).fill('another password');
      await page.getByRole('button', { name: 'Sign up' }).click();
      await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
      await page.getByText('This server has no mail server').waitFor();
      const signedUp = (await page.getByRole('main').textContent()) ?? '';
      return [refused, forgot, signedUp].map((words) => words.replaceAll(email, 'ADDRESS'));
    };
    const known = await wordsAfter('known@example.org');
    expect(known[0]).toBe('The address or the password is wrong.');
    expect(await wordsAfter('stranger@example.org')).toEqual(known);
  });

  it('choose another password by mail, and are signed out elsewhere', async () => {
    const { page, email } = await people.signUp('Rita');
    const other = await people.visit('/forgot-password');
    await other.getByLabel('E-mail').fill(email);
    await other.getByRole('button', { name: 'Send a link' }).click();
    const link = await people.findLink(email, /new password/);
    await other.goto(link);
    expect(await other.getByLabel('New password').getAttribute('autocomplete')).toBe('new-password');
    await other.getByLabel('New password').fill('quite another one');
    await other.getByRole('button', { name: 'Save the password' }).click();
    await other.getByRole('heading', { name: 'The password is changed' }).waitFor();
    await open(page, '/account');
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    await people.signIn(page, email, password);
    await page.getByText('The address or the password is wrong.').waitFor();
    await people.signIn(page, email, 'quite another one');
    // On to where they wanted to go.
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await other.goto(link);
    await other.getByLabel('New password').fill('a third password');
    await other.getByRole('button', { name: 'Save the password' }).click();
    await other.getByText('This link opens nothing any more').waitFor();
    expect(withoutRefusals(page)).toEqual([]);
  });

  it('sign in with the code of an authenticator that read the page’s QR code in the dark, or with a backup code', async () => {
    const { page, email } = await people.signUp('Tom', { colorScheme: 'dark' });
    await open(page, '/account');
    const section = page.getByRole('region', { name: 'Two-factor sign-in' });
    await section.getByLabel('Current password').fill('not the password');
    await section.getByRole('button', { name: 'Set it up' }).click();
    await section.getByText('The password is wrong.').waitFor();
    await section.getByLabel('Current password').fill(password);
    await section.getByRole('button', { name: 'Set it up' }).click();
    const picture = await section.getByRole('img', { name: 'QR code for your authenticator' }).screenshot();
    await takePicture(page, 'two-factor-dark');
    const { data: pixels, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const address = decodeQR({ width: info.width, height: info.height, data: pixels });
    expect(address).toMatch(/^otpauth:\/\/totp\/Holdout:tom/);
    const secret = await section.getByRole('region', { name: 'Secret' }).textContent();
    expect(new URL(address).searchParams.get('secret')).toBe(secret);
    await section.getByRole('textbox', { name: 'Code' }).fill('000000');
    await section.getByRole('button', { name: 'Turn it on' }).click();
    await section.getByText('The code is wrong').waitFor();
    await section.getByRole('textbox', { name: 'Code' }).fill(readAuthenticator(address));
    await section.getByRole('button', { name: 'Turn it on' }).click();
    await section.getByRole('heading', { name: 'Backup codes' }).waitFor();
    const codes = ((await section.getByRole('region', { name: 'Backup codes' }).textContent()) ?? '').split('\n');
    expect(codes.length).toBeGreaterThan(5);
    await section.getByRole('button', { name: 'I have kept them' }).click();
    await section.getByText('It is on').waitFor();

    const phone = await people.visit('/account');
    await people.signIn(phone, email, password);
    await phone.getByRole('heading', { name: 'Second factor' }).waitFor();
    await expect.poll(() => focused(phone)).toBe('Second factor');
    expect(await phone.getByLabel('Code').getAttribute('autocomplete')).toBe('one-time-code');
    await phone.getByLabel('Code').fill(readAuthenticator(address));
    await phone.getByRole('button', { name: 'Sign in' }).click();
    await phone.getByRole('heading', { name: 'Your account' }).waitFor();

    const lost = await people.visit('/sign-in?next=%2Fteams');
    await people.signIn(lost, email, password);
    await lost.getByRole('button', { name: 'Use a backup code' }).click();
    await lost.getByLabel('Backup code').fill(codes[0] ?? '');
    await lost.getByRole('button', { name: 'Sign in' }).click();
    await lost.getByRole('heading', { name: 'Teams' }).waitFor();
    const again = await people.visit('/sign-in');
    await people.signIn(again, email, password);
    await again.getByRole('button', { name: 'Use a backup code' }).click();
    await again.getByLabel('Backup code').fill(codes[0] ?? '');
    await again.getByRole('button', { name: 'Sign in' }).click();
    await again.getByText('This is none of your backup codes').waitFor();

    await section.getByText('Turn it off').first().click();
    await section.getByLabel('Current password').last().fill(password);
    await section.getByRole('button', { name: 'Turn it off' }).click();
    await section.getByRole('button', { name: 'Set it up' }).waitFor();
    expect(withoutRefusals(page)).toEqual([]);
  });

  it('come into a team by an invitation, without an account before; change roles, leave, and merge', async () => {
    const { page: owner } = await people.signUp('Olga');
    await open(owner, '/teams');
    await owner.getByLabel('Name of the team').fill('Team Olga');
    await owner.getByRole('button', { name: 'Make a team' }).click();
    await owner.getByRole('heading', { name: 'Team Olga' }).waitFor();
    const team = owner.url();
    await owner.getByLabel('E-mail of who is to come').fill('piet@example.org');
    await owner.getByRole('button', { name: 'Send an invitation' }).click();
    await owner.getByText('The invitation is on its way.').waitFor();
    await takePicture(owner, 'team-light');

    const guest = await people.visit(new URL(await people.findLink('piet@example.org', /invites you/)).pathname);
    await guest.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    await guest.getByRole('link', { name: 'Make an account' }).click();
    await guest.getByLabel('Name').fill('Piet');
    await guest.getByLabel('E-mail').fill('piet@example.org');
    await guest.getByLabel('Password', { exact: true }).fill(password);
    await guest.getByRole('button', { name: 'Sign up' }).click();
    await guest.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    await guest.goto(await people.findLink('piet@example.org', /Prove your address/));
    await guest.getByRole('link', { name: 'Go on where you were' }).click();
    await guest.getByRole('heading', { name: 'You are invited to the team “Team Olga”' }).waitFor();
    await guest.getByRole('button', { name: 'Accept' }).click();
    await guest.getByRole('heading', { name: 'Team Olga' }).waitFor();
    await guest.getByText('Piet (you)').waitFor();
    expect(await guest.getByRole('button', { name: 'Send an invitation' }).count()).toBe(0);

    await owner.reload();
    await owner.getByRole('button', { name: 'Make owner: Piet' }).click();
    await owner.getByRole('button', { name: 'Make member: Piet' }).waitFor();
    await guest.reload();
    await guest.getByRole('button', { name: 'Make member: Piet' }).click();
    await guest.getByRole('button', { name: 'Send an invitation' }).waitFor({ state: 'detached' });
    await guest.getByRole('button', { name: 'Leave' }).click();
    await guest.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await guest.getByText('You are in no team yet.').waitFor();

    // The last owner can't leave.
    await owner.getByRole('button', { name: 'Leave' }).click();
    await owner.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await owner.getByRole('dialog').getByText('A team needs an owner.').waitFor();
    await owner.keyboard.press('Escape');
    await open(owner, '/teams');
    await owner.getByLabel('Name of the team').fill('Other Olga');
    await owner.getByRole('button', { name: 'Make a team' }).click();
    await owner.getByRole('heading', { name: 'Other Olga' }).waitFor();
    await owner.getByRole('button', { name: 'Merge' }).click();
    await owner.getByRole('dialog').getByText('This can’t be undone.').waitFor();
    await owner.getByRole('dialog').getByRole('button', { name: 'Merge' }).click();
    await owner.getByRole('heading', { name: 'Team Olga', level: 1 }).waitFor();
    expect(owner.url()).toBe(team);

    // Into somebody else's it is offered, and they take it in.
    await open(guest, '/teams');
    await guest.getByLabel('Name of the team').fill('Team Piet');
    await guest.getByRole('button', { name: 'Make a team' }).click();
    await guest.getByRole('heading', { name: 'Team Piet', level: 1 }).waitFor();
    await guest.getByLabel('Id of the other team').fill(team.split('/').at(-1) ?? '');
    await guest.getByRole('button', { name: 'Offer to merge' }).click();
    await guest.getByRole('dialog').getByRole('button', { name: 'Offer to merge' }).click();
    await guest.getByText('Offered to “Team Olga”').waitFor();
    await owner.goto(await people.findLink('olga@example.org', /merge/i));
    await owner.getByRole('button', { name: 'Take it in: Team Piet' }).click();
    await owner.getByRole('dialog').getByRole('button', { name: 'Take it in' }).click();
    await owner.getByText('piet@example.org').waitFor();
    expect(withoutRefusals(owner)).toEqual([]);
    expect(withoutRefusals(guest)).toEqual([]);
  });

  it('accept later rules before they go on, by their version', async () => {
    const { page } = await people.signUp('Rulo');
    await open(page, '/competitions/mura');
    const section = page.getByRole('region', { name: 'Take part' });
    await section.getByRole('checkbox').check();
    await section.getByLabel('Name of the team').fill('Team Rulo');
    const demo = await readFile(`${root}apps/standalone/demo/mura.yaml`, 'utf8');
    const changeRules = async (words: string) => {
      const file = `${standalone.dataDirectory}/mura.yaml`;
      await writeFile(file, demo.replace('Each team enters bundles of its own.', words));
      const token = /organiser\s+(holdout_\S+)/.exec(standalone.output())?.[1];
      const env = { ...process.env, HOLDOUT_SERVER: standalone.address, HOLDOUT_TOKEN: token };
      await run(process.execPath, [holdout, 'admin', 'competition', 'apply', file, '--yes'], { cwd: root, env });
    };
    // They change while the page is open.
    await changeRules('Be fair.');
    await section.getByRole('button', { name: 'Take part' }).click();
    await page.getByText('Be fair.').waitFor();
    await section.getByRole('alert').getByText('not the present rules').waitFor();
    await section.getByRole('checkbox', { name: /version \d+/, checked: false }).check();
    await section.getByRole('button', { name: 'Take part' }).click();
    await section.getByText('You take part with the team “Team Rulo”.').waitFor();
    await changeRules('Be very fair.');
    await section.getByRole('link', { name: 'Your team' }).click();
    await page.getByRole('heading', { name: 'Team Rulo' }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'The rules have changed: read and accept them' }).click();
    await page.getByRole('region', { name: 'Rules' }).getByText('Be very fair.').waitFor();
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Accept the rules' }).click();
    await page.getByText('You take part with the team “Team Rulo”.').waitFor();
    expect(withoutRefusals(page)).toEqual([]);
  });

  it('let a command in by the code that it shows, or keep it out', async () => {
    const { page } = await people.signUp('Dora');
    const begin = async (): Promise<{ device_code: string; user_code: string; verification_uri_complete: string }> =>
      (await postJson('/api/auth/device/code', { client_id: 'holdout-cli', scope: 'submit' })).json();
    const redeem = async (deviceCode: string) => {
      const grant = 'urn:ietf:params:oauth:grant-type:device_code';
      const body = { grant_type: grant, device_code: deviceCode, client_id: 'holdout-cli' };
      return await (await postJson('/api/auth/device/token', body)).json();
    };
    const asked = await begin();
    await page.goto(new URL(asked.verification_uri_complete, standalone.address).href);
    await page.getByRole('heading', { name: 'Let “holdout-cli” in?' }).waitFor();
    await page.getByText(`Your terminal must show the code ${asked.user_code}.`).waitFor();
    await page.getByText('It may submit for the teams of dora@example.org').waitFor();
    await takePicture(page, 'device-light');
    await page.getByRole('button', { name: 'Let it in' }).click();
    await page.getByRole('heading', { name: 'The command is in' }).waitFor();
    const { access_token: token } = await redeem(asked.device_code);
    expect((await readMe(token)).user?.email).toBe('dora@example.org');

    const unwanted = await begin();
    await open(page, '/device');
    await page.getByLabel('Code').fill('nothing');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('No command waits with this code.').waitFor();
    await page.getByRole('button', { name: 'Type another code' }).click();
    const typed = unwanted.user_code.toLowerCase();
    await page.getByLabel('Code').fill(`${typed.slice(0, 4)}-${typed.slice(4)}`);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Refuse' }).click();
    await page.getByRole('heading', { name: 'The command stays out' }).waitFor();
    expect((await redeem(unwanted.device_code)).error).toBe('access_denied');
    expect(withoutRefusals(page)).toEqual([]);
  });

  it('change their name, password and address, and sign out elsewhere', async () => {
    const { page, email } = await people.signUp('Sam');
    const elsewhere = await people.visit('/sign-in?next=%2Faccount');
    await people.signIn(elsewhere, email, password);
    await elsewhere.getByRole('heading', { name: 'Your account' }).waitFor();

    await open(page, '/account');
    await page.getByRole('textbox', { name: 'Name' }).fill('Samira');
    await page.getByRole('region', { name: 'Name' }).getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Samira' }).waitFor();
    const sessions = page.getByRole('list', { name: 'Where you are signed in' }).getByRole('listitem');
    await expect.poll(() => sessions.count()).toBe(2);
    expect(await sessions.first().textContent()).toContain('Chromium on Linux, here');
    await sessions
      .last()
      .getByRole('button', { name: /Sign out/ })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await expect.poll(() => sessions.count()).toBe(1);
    await elsewhere.reload();
    await elsewhere.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();

    await page.getByLabel('New e-mail').fill('samira@example.org');
    await page.getByRole('button', { name: 'Change the address' }).click();
    await page.getByText(`A mail is on its way to ${email}.`).waitFor();
    await page.goto(await people.findLink(email, /Another address/));
    await page.getByRole('heading', { name: 'The link was taken' }).waitFor();
    await page.goto(await people.findLink('samira@example.org', /new address/));
    await page.getByRole('link', { name: 'To your account' }).click();
    await page.getByText('You sign in as samira@example.org.').waitFor();

    const section = page.getByRole('region', { name: 'Password', exact: true });
    await section.getByLabel('Current password').fill(password);
    await section.getByLabel('New password').fill('short');
    await section.getByRole('button', { name: 'Change the password' }).click();
    // The browser itself says what is wrong, and goes there.
    await expect.poll(() => focusedField(page)).toBe('password');
    await section.getByLabel('New password').fill('quite another one');
    await section.getByRole('button', { name: 'Change the password' }).click();
    await section.getByText('The password is changed').waitFor();
    await page.getByRole('button', { name: 'Samira' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    await people.signIn(page, 'samira@example.org', 'quite another one');
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    expect(withoutRefusals(page)).toEqual([]);
  });

  it('sign in with the keyboard alone, and hear what is wrong', async () => {
    const page = await people.visit('/sign-in?next=%2Fteams');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByLabel('E-mail').focus();
    await page.keyboard.type(people.administrator.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The address or the password is wrong.').waitFor();
    await expect.poll(() => focusedField(page)).toBe('password');
    await page.keyboard.press('Control+A');
    await page.keyboard.type(people.administrator.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Teams' }).waitFor();
    await expect.poll(() => focused(page)).toBe('Teams');
  });

  it('are led nowhere else by a link, and find nothing that is not theirs', async () => {
    const page = await people.visit('/sign-in?next=https%3A%2F%2Fevil.example%2F');
    await people.signIn(page, people.administrator.email, people.administrator.password);
    await page.getByRole('button', { name: 'Organiser' }).waitFor();
    await expect.poll(() => new URL(page.url()).origin).toBe(standalone.address);
    const { page: other } = await people.signUp('Paul');
    await open(other, '/outbox');
    await other.getByText('Only site administrators can read the outbox.').waitFor();
    await open(other, '/teams/00000000-0000-4000-8000-000000000000');
    await other.getByRole('alert').getByText('You are in no such team.').waitFor();
    await open(other, '/invitations/00000000-0000-4000-8000-000000000000?secret=guessed');
    await other.getByRole('button', { name: 'Accept' }).click();
    await other.getByRole('alert').getByText('There is no such invitation').waitFor();
  });

  function postJson(path: string, body: object): Promise<Response> {
    return fetch(standalone.address + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  function fetchAs(token: string): Promise<Response> {
    return fetch(`${standalone.address}/api/me`, { headers: { authorization: `Bearer ${token}` } });
  }

  async function readMe(token: string): Promise<{ user: { email: string } | null; competitions: object[] }> {
    return await (await fetchAs(token)).json();
  }
});
