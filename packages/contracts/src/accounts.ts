import { z } from 'zod';
import { shownTextSchema } from './shown-text.js';
import { slugSchema } from './slug.js';

const timeSchema = z.iso.datetime();

/** What a token may do; each may do what those before it may. */
export const tokenScopes = ['read', 'submit', 'organise'] as const;
export const tokenScopeSchema = z.enum(tokenScopes);
export type TokenScope = z.infer<typeof tokenScopeSchema>;

export const teamRoleSchema = z.enum(['owner', 'member']);
export type TeamRole = z.infer<typeof teamRoleSchema>;

const namedTeamSchema = z.object({ id: z.uuid(), name: z.string() });

/** Who is asking: a person by session or by token, or a token that stands for a team or for the installation's organiser. */
export const meSchema = z.object({
  /** null without a session, and for a token that stands for no person. */
  user: z
    .object({
      id: z.uuid(),
      name: z.string(),
      email: z.string(),
      emailVerified: z.boolean(),
      siteAdmin: z.boolean(),
      twoFactorEnabled: z.boolean(),
      /** Whether this session has still to give it: the institution that it began at did not ask for it. */
      secondFactorDue: z.boolean(),
    })
    .nullable(),
  teams: z.array(namedTeamSchema.extend({ role: teamRoleSchema })),
  /** In which a team of theirs takes part, and by which version of the rules. */
  competitions: z.array(
    z.object({ competition: slugSchema, team: namedTeamSchema, rulesVersion: z.number().int().positive() }),
  ),
  /** The competitions that they organise; a site administrator organises all. */
  organises: z.array(slugSchema),
  token: z.object({ id: z.uuid(), name: z.string() }).nullable(),
});
export type Me = z.infer<typeof meSchema>;

/** How people sign in here. */
export const signInOptionsSchema = z.object({
  /** The institution to sign in by, as `provider` of `POST /api/auth/sign-in/social`; null where none is configured. */
  institution: z.object({ provider: z.string(), name: z.string() }).nullable(),
  minPasswordLength: z.number().int(),
  /** Where mails go: `outbox` is a page that site administrators can open. */
  mail: z.enum(['smtp', 'outbox']),
  /** Who needs a second factor to act. */
  twoFactorNeeded: z.enum(['nobody', 'organisers']),
});

export const personalTokenSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  scope: tokenScopeSchema,
  /** The only competition it is for; null where it is for all. */
  competition: slugSchema.nullable(),
  createdAt: timeSchema,
  expiresAt: timeSchema.nullable(),
  /** To the minute. */
  lastUsedAt: timeSchema.nullable(),
});
export type PersonalToken = z.infer<typeof personalTokenSchema>;
export const personalTokenListSchema = z.object({ tokens: z.array(personalTokenSchema) });

export const newTokenSchema = z.strictObject({
  name: shownTextSchema.min(1).max(100),
  scope: tokenScopeSchema,
  competition: slugSchema.nullable().default(null),
  /** null: it holds until it is revoked. */
  expiresAt: z.iso.datetime({ offset: true }).nullable().default(null),
});

/** The only answer that has the token itself: keep it. */
export const createdTokenSchema = personalTokenSchema.extend({ secret: z.string() });

/** Mails that no mail server takes, the latest first. */
export const outboxSchema = z.object({
  mails: z.array(
    z.object({ id: z.number().int(), at: timeSchema, to: z.string(), subject: z.string(), text: z.string() }),
  ),
});

export const organiserListSchema = z.object({
  organisers: z.array(z.object({ id: z.uuid(), name: z.string(), email: z.string(), since: timeSchema })),
});
