import { createHash, randomBytes } from 'node:crypto';

/** 192 random bits: nothing to guess, so a plain sha256 keeps it safely. The prefix is for secret scanners. */
export function makeToken(): string {
  return `holdout_${randomBytes(24).toString('base64url')}`;
}

/** What is stored of a token, so that a stolen database opens no door: its sha256 in hexadecimal. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}
