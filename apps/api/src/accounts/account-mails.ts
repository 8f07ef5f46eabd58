import type { Mail } from './mailer.js';

/** What the mails of accounts say. Each names the address that it is about, so that a forwarded one is understood. */
interface Addressee {
  readonly name: string;
  readonly email: string;
}

export function writeVerification({ name, email }: Addressee, link: string): Mail {
  return {
    to: email,
    subject: 'Prove your address for Holdout',
    text: `Hello ${name},

somebody, most likely you, made an account here with the address ${email}. It can be used once you open this link,
within an hour:

${link}

If it was not you, do nothing: without the link the account can’t be used.
`,
  };
}

/** To the address of now, before anything is sent to the new one: whoever has an open session could type any. */
export function writeEmailChange({ name, email }: Addressee, newEmail: string, link: string): Mail {
  return {
    to: email,
    subject: 'Another address for your Holdout account?',
    text: `Hello ${name},

somebody, most likely you, wants to change the address of your account from ${email} to ${newEmail}. If it was you, open
this link within an hour; a mail to the new address comes next:

${link}

If it was not you, do nothing, and change your password: somebody is signed in as you.
`,
  };
}

export function writeNewAddress({ name, email }: Addressee, link: string): Mail {
  return {
    to: email,
    subject: 'Prove your new address for Holdout',
    text: `Hello ${name},

somebody, most likely you, wants to sign in to Holdout with the address ${email} from now on. Open this link within an
hour, and it is so:

${link}

If it was not you, do nothing.
`,
  };
}

export function writeReset({ name, email }: Addressee, link: string): Mail {
  return {
    to: email,
    subject: 'A new password for Holdout',
    text: `Hello ${name},

somebody, most likely you, asked for a new password for ${email}. Choose one here, within an hour:

${link}

If it was not you, do nothing: your password stays as it is.
`,
  };
}

/** To the owner of an address that somebody signs up with again; the one who does so is told nothing of it. */
export function writeKnownAddress({ name, email }: Addressee, publicUrl: string): Mail {
  return {
    to: email,
    subject: 'You have an account on Holdout already',
    text: `Hello ${name},

somebody, most likely you, tried to make an account with the address ${email}. There is one already, so none was made.
Sign in, or ask for a new password if you have forgotten yours:

${publicUrl}/sign-in

If it was not you, do nothing.
`,
  };
}

export function writeInvitation(invitation: {
  readonly email: string;
  readonly team: string;
  readonly invitedBy: string;
  readonly link: string;
}): Mail {
  const { email, team, invitedBy, link } = invitation;
  return {
    to: email,
    subject: `${invitedBy} invites you to the team ${team} on Holdout`,
    text: `Hello,

${invitedBy} invites ${email} to the team “${team}”. Accept or decline here, within two weeks; where you have no account
yet, make one first:

${link}

If you don’t know ${invitedBy}, do nothing.
`,
  };
}
