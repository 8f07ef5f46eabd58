import { z } from 'zod';
import { teamRoleSchema } from './accounts.js';
import { shownTextSchema } from './shown-text.js';
import { slugSchema } from './slug.js';

const timeSchema = z.iso.datetime();
const versionSchema = z.number().int().positive();
export const teamNameSchema = shownTextSchema.min(1).max(100);

const namedTeamSchema = z.object({ id: z.uuid(), name: z.string() });

/** A team, as its members see it. */
export const teamSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  members: z.array(
    z.object({ id: z.uuid(), name: z.string(), email: z.string(), role: teamRoleSchema, joinedAt: timeSchema }),
  ),
  /** Those that are open. */
  invitations: z.array(z.object({ id: z.uuid(), email: z.string(), createdAt: timeSchema, expiresAt: timeSchema })),
  competitions: z.array(z.object({ competition: slugSchema, rulesVersion: versionSchema, joinedAt: timeSchema })),
  /** That it made to others, and that others made to it. */
  mergeOffers: z.array(z.object({ from: namedTeamSchema, into: namedTeamSchema, offeredAt: timeSchema })),
});
export type Team = z.infer<typeof teamSchema>;

export const newTeamSchema = z.strictObject({ name: teamNameSchema });
export const newInvitationSchema = z.strictObject({ email: z.email().max(254) });
export const memberRoleSchema = z.strictObject({ role: teamRoleSchema });
/** The id of the team that remains. */
export const teamMergeSchema = z.strictObject({ into: z.uuid() });
/** Where somebody else owns the other team the merge is only offered, and `team` is still the one that would go. */
export const mergedTeamSchema = z.object({ merged: z.boolean(), team: teamSchema });

/** Invitations to a person, by the address that they have proven. */
export const invitationListSchema = z.object({
  invitations: z.array(
    z.object({
      id: z.uuid(),
      team: z.object({ id: z.uuid(), name: z.string() }),
      /** The name of who invited them. */
      invitedBy: z.string(),
      expiresAt: timeSchema,
    }),
  ),
});

/** The secret of the mailed link, for who has another address here than the one that was invited. */
export const invitationAnswerSchema = z.strictObject({ secret: z.string().min(1).max(200).optional() });

/** By which team, one they are in or a new one, and that they accept the rules of this version. */
export const joinSchema = z
  .strictObject({ team: z.uuid().optional(), newTeam: teamNameSchema.optional(), rulesVersion: versionSchema })
  .refine(({ team, newTeam }) => (team === undefined) !== (newTeam === undefined), 'either team or newTeam');

export const participationSchema = z.object({
  competition: slugSchema,
  team: z.object({ id: z.uuid(), name: z.string() }),
  rulesVersion: versionSchema,
});
