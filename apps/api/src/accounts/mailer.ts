import { type Database, insertMail } from '@holdout/db';
import type { FastifyBaseLogger } from 'fastify';
import { createTransport } from 'nodemailer';
import type { AccountSettings } from './account-settings.js';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/**
 * Sends a mail beside whatever asked for it: how long it takes would tell whether an address is known, and a mail server
 * that is away is no reason to refuse. What can’t be sent is logged.
 */
export type SendMail = (mail: Mail) => void;

/** A mail server that doesn't answer must not hold a request's memory for ever. */
const timeoutMilliseconds = 20_000;

/**
 * How this installation sends mail: by its SMTP server, else into the table that `GET /api/outbox` shows.
 *
 * @returns also a function that waits for the mails that are under way
 */
export function createMailer(database: Database, settings: Pick<AccountSettings, 'mail'>, logger: FastifyBaseLogger) {
  const deliver = settings.mail ? openTransport(settings.mail) : writeOutbox(database);
  const underWay = new Set<Promise<void>>();
  const sendMail: SendMail = (mail) => {
    const sent = deliver(mail)
      .catch((error: unknown) => logger.error({ err: error, subject: mail.subject }, 'a mail could not be sent'))
      .finally(() => underWay.delete(sent));
    underWay.add(sent);
  };
  return { sendMail, settle: async () => void (await Promise.all(underWay)) };
}

type Deliver = (mail: Mail) => Promise<void>;

function writeOutbox(database: Database): Deliver {
  return ({ to: recipient, subject, text }) => insertMail(database, { recipient, subject, text });
}

function openTransport({ smtpUrl: url, from }: NonNullable<AccountSettings['mail']>): Deliver {
  const transport = createTransport({
    url,
    connectionTimeout: timeoutMilliseconds,
    greetingTimeout: timeoutMilliseconds,
    socketTimeout: timeoutMilliseconds,
    // Only our own words are mailed: no file, and no address, is read for a mail.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async (mail) => void (await transport.sendMail({ from, ...mail }));
}
