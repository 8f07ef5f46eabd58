import { type Database, insertMail } from '@holdout/db';
import { createTransport } from 'nodemailer';
import type { AccountSettings } from './account-settings.js';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Gives a mail to the mail server, or to the outbox. */
export type SendMail = (mail: Mail) => Promise<void>;

/** A mail server that doesn't answer must not hold a request's memory for ever. */
const timeoutMilliseconds = 20_000;

/** How this installation sends mail: by its SMTP server, else into the table that `GET /api/outbox` shows. */
export function createMailer(database: Database, settings: Pick<AccountSettings, 'mail'>): SendMail {
  if (!settings.mail) return ({ to: recipient, ...mail }) => insertMail(database, { recipient, ...mail });
  const { smtpUrl: url, from } = settings.mail;
  const transport = createTransport({
    url,
    connectionTimeout: timeoutMilliseconds,
    greetingTimeout: timeoutMilliseconds,
    socketTimeout: timeoutMilliseconds,
    // Only our own words are mailed: no file, and no address, is read for a mail.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async (mail) => {
    await transport.sendMail({ from, ...mail });
  };
}
