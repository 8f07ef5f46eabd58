import { provideUser } from '@holdout/db';
import { hashPassword } from 'better-auth/crypto';
import type { Provisioning } from './open-provisioning.js';

interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/**
 * Makes a person who organises every competition and runs the installation, with an address that needs no proof. Where
 * they are one already they stay as they are, with the password that they have.
 *
 * @returns their id
 */
export async function provideSiteAdmin(
  { database }: Pick<Provisioning, 'database'>,
  { name, email, password }: Person,
): Promise<string> {
  return await provideUser(database, { name, email, siteAdmin: true, passwordHash: await hashPassword(password) });
}
