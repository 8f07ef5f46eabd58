import { z } from 'zod';
import '../api/without-eval.js';

// What the pages read of the answers of `/api/auth`, which are better-auth’s and not in our contracts.

/** The ways in that a person has: `credential` is a password. */
export const waysInSchema = z.array(z.object({ providerId: z.string() }));

export const sessionSchema = z.object({
  id: z.string(),
  /** What ends it; the cookie needs more than this. */
  token: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  ipAddress: z.string().nullish(),
  userAgent: z.string().nullish(),
});
export const sessionListSchema = z.array(sessionSchema);
export const presentSessionSchema = z.object({ session: sessionSchema });

export const backupCodesSchema = z.object({ backupCodes: z.array(z.string()) });
/** What an authenticator is given, as an `otpauth://` address, and the codes that stand in for it. */
export const authenticatorSchema = backupCodesSchema.extend({ totpURI: z.string() });

/** What waits to be let in; who waits is told only to the first person who looks. */
export const waitingDeviceSchema = z.object({
  status: z.string(),
  client_id: z.string().nullish(),
  scope: z.string().nullish(),
});
