import type { AccountMails } from './account-mails.js';

export const english: AccountMails = {
  verification: ({ name, email }, link) => ({
    to: email,
    subject: 'Prove your address for Holdout',
    text: `Hello ${name},

somebody, most likely you, made an account here with the address ${email}. It can be used once you open this link,
within an hour:

${link}

If it was not you, do nothing: without the link the account can’t be used.
`,
  }),

  emailChange: ({ name, email }, newEmail, link) => ({
    to: email,
    subject: 'Another address for your Holdout account?',
    text: `Hello ${name},

somebody, most likely you, wants to change the address of your account from ${email} to ${newEmail}. If it was you, open
this link within an hour; a mail to the new address comes next:

${link}

If it was not you, do nothing, and change your password: somebody is signed in as you.
`,
  }),

  newAddress: ({ name, email }, link) => ({
    to: email,
    subject: 'Prove your new address for Holdout',
    text: `Hello ${name},

somebody, most likely you, wants to sign in to Holdout with the address ${email} from now on. Open this link within an
hour, and it is so:

${link}

If it was not you, do nothing.
`,
  }),

  reset: ({ name, email }, link) => ({
    to: email,
    subject: 'A new password for Holdout',
    text: `Hello ${name},

somebody, most likely you, asked for a new password for ${email}. Choose one here, within an hour:

${link}

If it was not you, do nothing: your password stays as it is.
`,
  }),

  knownAddress: ({ name, email }, publicUrl) => ({
    to: email,
    subject: 'You have an account on Holdout already',
    text: `Hello ${name},

somebody, most likely you, tried to make an account with the address ${email}. There is one already, so none was made.
Sign in, or ask for a new password if you have forgotten yours:

${publicUrl}/sign-in

If it was not you, do nothing.
`,
  }),

  invitation: ({ email, team, invitedBy, link }) => ({
    to: email,
    subject: `${invitedBy} invites you to the team ${team} on Holdout`,
    text: `Hello,

${invitedBy} invites ${email} to the team “${team}”. Accept or decline here, within two weeks; where you have no account
yet, make one first:

${link}

If you don’t know ${invitedBy}, do nothing.
`,
  }),

  mergeOffer: ({ email, from, into, link }) => ({
    to: email,
    subject: `The team ${from} wants to be merged into ${into} on Holdout`,
    text: `Hello,

the team “${from}” wants to be merged into your team “${into}”. Its people and submissions would be those of your team, and
what it has used of its quotas would add to yours. Accept or decline here:

${link}
`,
  }),
};
