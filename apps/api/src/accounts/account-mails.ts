import Negotiator from 'negotiator';
import type { Mail } from './mailer.js';
import { english } from './mails.en.js';
import { chinese } from './mails.zh.js';
import { plainName } from './plain-name.js';

export interface Addressee {
  readonly name: string;
  readonly email: string;
}

export interface Invitation {
  readonly email: string;
  readonly team: string;
  readonly invitedBy: string;
  readonly link: string;
}

export interface MergeOffer {
  readonly email: string;
  readonly from: string;
  readonly into: string;
  readonly link: string;
}

/** What the mails of accounts say. Each names the address that it is about, so that a forwarded one is understood. */
export interface AccountMails {
  verification(addressee: Addressee, link: string): Mail;
  /** To the address of now, before anything is sent to the new one: whoever has an open session could type any. */
  emailChange(addressee: Addressee, newEmail: string, link: string): Mail;
  newAddress(addressee: Addressee, link: string): Mail;
  reset(addressee: Addressee, link: string): Mail;
  /** To the owner of an address that somebody signs up with again; the one who does so is told nothing of it. */
  knownAddress(addressee: Addressee, publicUrl: string): Mail;
  invitation(invitation: Invitation): Mail;
  mergeOffer(offer: MergeOffer): Mail;
}

const mails: Readonly<Record<string, AccountMails>> = { en: withPlainNames(english), zh: withPlainNames(chinese) };

/** People and teams name themselves, and an institution names its people: none of it becomes words or links of ours. */
function withPlainNames(written: AccountMails): AccountMails {
  const plain = (addressee: Addressee) => ({ ...addressee, name: plainName(addressee.name) });
  return {
    verification: (addressee, link) => written.verification(plain(addressee), link),
    emailChange: (addressee, newEmail, link) => written.emailChange(plain(addressee), newEmail, link),
    newAddress: (addressee, link) => written.newAddress(plain(addressee), link),
    reset: (addressee, link) => written.reset(plain(addressee), link),
    knownAddress: (addressee, publicUrl) => written.knownAddress(plain(addressee), publicUrl),
    invitation: ({ team, invitedBy, ...invitation }) =>
      written.invitation({ ...invitation, team: plainName(team), invitedBy: plainName(invitedBy) }),
    mergeOffer: ({ from, into, ...offer }) =>
      written.mergeOffer({ ...offer, from: plainName(from), into: plainName(into) }),
  };
}

/**
 * The mails in the language of who asks for them, as the pages and browsers say it: those to somebody else, of whom
 * nothing is known, too.
 *
 * @param acceptLanguage - the header `Accept-Language`
 */
export function mailsIn(acceptLanguage: string | null | undefined): AccountMails {
  const headers = acceptLanguage ? { 'accept-language': acceptLanguage } : {};
  return mails[new Negotiator({ headers }).language(Object.keys(mails)) ?? ''] ?? english;
}
