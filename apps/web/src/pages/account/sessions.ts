import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { askAuth } from '../../accounts/ask-auth.js';
import { bySchema } from '../../api/request.js';

const sessionSchema = z.object({
  id: z.string(),
  /** What ends it; the cookie needs more than this. */
  token: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  expiresAt: z.string(),
  ipAddress: z.string().nullish(),
  userAgent: z.string().nullish(),
});
const sessionsSchema = z.array(sessionSchema);
const presentSchema = z.object({ session: sessionSchema });

export type Session = z.infer<typeof sessionSchema> & { readonly isPresent: boolean };

/** Where this person is signed in: here first, then by how late it was used. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: async ({ signal }): Promise<Session[]> => {
    const [sessions, present] = await Promise.all([
      askAuth(
        'list-sessions',
        bySchema(() => sessionsSchema),
        { signal },
      ),
      askAuth(
        'get-session',
        bySchema(() => presentSchema),
        { signal },
      ),
    ]);
    return sessions
      .map((session) => ({ ...session, isPresent: session.id === present.session.id }))
      .sort((a, b) => Number(b.isPresent) - Number(a.isPresent) || b.updatedAt.localeCompare(a.updatedAt));
  },
});
