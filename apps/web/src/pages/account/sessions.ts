import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { askAuth } from '../../accounts/ask-auth.js';
import { presentSessionSchema, sessionListSchema, type sessionSchema } from '../../accounts/auth-answers.js';
import { bySchema } from '../../api/request.js';

export type Session = z.infer<typeof sessionSchema> & { readonly isPresent: boolean };

/** Where this person is signed in: here first, then by how late it was used. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: async ({ signal }): Promise<Session[]> => {
    const [sessions, present] = await Promise.all([
      askAuth(
        'list-sessions',
        bySchema(() => sessionListSchema),
        { signal },
      ),
      askAuth(
        'get-session',
        bySchema(() => presentSessionSchema),
        { signal },
      ),
    ]);
    return sessions
      .map((session) => ({ ...session, isPresent: session.id === present.session.id }))
      .sort((a, b) => Number(b.isPresent) - Number(a.isPresent) || b.updatedAt.localeCompare(a.updatedAt));
  },
});
