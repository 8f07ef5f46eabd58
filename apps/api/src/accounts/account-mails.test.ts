import { describe, expect, it } from 'vitest';
import { type AccountMails, mailsIn } from './account-mails.js';
import { english } from './mails.en.js';
import { chinese } from './mails.zh.js';

const link = 'https://holdout.example/somewhere?token=abc';
const ada = { name: 'Ada', email: 'ada@example.org' };
const teams = { email: 'ada@example.org', link };

/** Every mail, with all that it must name. */
const written: Readonly<
  Record<keyof AccountMails, (mails: AccountMails) => [ReturnType<AccountMails['reset']>, string[]]>
> = {
  verification: (mails) => [mails.verification(ada, link), ['Ada', link]],
  emailChange: (mails) => [mails.emailChange(ada, 'new@example.org', link), ['Ada', 'new@example.org', link]],
  newAddress: (mails) => [mails.newAddress(ada, link), ['Ada', link]],
  reset: (mails) => [mails.reset(ada, link), ['Ada', link]],
  knownAddress: (mails) => [mails.knownAddress(ada, 'https://holdout.example'), ['Ada', '.example/sign-in']],
  invitation: (mails) => [mails.invitation({ ...teams, team: 'Alpha', invitedBy: 'Bob' }), ['Alpha', 'Bob', link]],
  mergeOffer: (mails) => [mails.mergeOffer({ ...teams, from: 'Alpha', into: 'Beta' }), ['Alpha', 'Beta', link]],
};

describe.each([
  ['English', english],
  ['Chinese', chinese],
] as const)('the mails in %s', (language, mails) => {
  it.each(Object.entries(written))('%s goes to its address, and names whom and what it is about', (kind, write) => {
    const [{ to, subject, text }, parts] = write(mails);
    expect(to).toBe(ada.email);
    for (const part of parts) expect(text).toContain(part);
    // Forwarded, it still says whose it is.
    if (kind !== 'mergeOffer') expect(text).toContain(ada.email);
    // A link stands alone on its line, so that nothing of the sentence is taken for a part of it.
    expect(text).toMatch(/\n\nhttps:\/\/\S+\n\n?/);
    const isChinese = /\p{Script=Han}/u;
    expect(isChinese.test(subject)).toBe(language === 'Chinese');
    expect(isChinese.test(text)).toBe(language === 'Chinese');
  });
});

it.each([
  ['zh-CN,zh;q=0.9,en;q=0.8', chinese],
  ['zh-Hans', chinese],
  ['fr,zh;q=0.5,en;q=0.4', chinese],
  ['en-GB,zh;q=0.5', english],
  ['fr', english],
  ['*', english],
  ['', english],
  [undefined, english],
])('are chosen by what the reader asks for: %s', (acceptLanguage, mails) => {
  expect(mailsIn(acceptLanguage).reset(ada, link)).toEqual(mails.reset(ada, link));
});

it.each(['en', 'zh'])('make no link and no line of their own of a name, in %s', (language) => {
  const name = 'Team\u2028visit\nhttps://evil.example/now or www.evil.example\u202e';
  const mails = mailsIn(language);
  const addressee = { ...ada, name };
  const all = [
    mails.verification(addressee, link),
    mails.emailChange(addressee, 'new@example.org', link),
    mails.newAddress(addressee, link),
    mails.reset(addressee, link),
    mails.knownAddress(addressee, 'https://holdout.example'),
    mails.invitation({ ...teams, team: name, invitedBy: name }),
    mails.mergeOffer({ ...teams, from: name, into: name }),
  ];
  for (const { subject, text } of all) {
    expect(text).toContain('Team visit https evil. example/now or www. evil. example');
    expect(`${subject}\n${text}`).not.toMatch(/evil\.example|\/\/evil|[\u2028\u202e]/);
    expect(subject).not.toContain('\n');
  }
});
