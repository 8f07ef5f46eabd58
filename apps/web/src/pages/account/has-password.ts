import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { askAuth } from '../../accounts/ask-auth.js';
import { bySchema } from '../../api/request.js';

const accountsSchema = z.array(z.object({ providerId: z.string() }));

/** Whether this person has a password; who came by an institution need not. */
export const hasPasswordQuery = queryOptions({
  queryKey: ['has-password'],
  queryFn: async ({ signal }): Promise<boolean> => {
    const accounts = await askAuth(
      'list-accounts',
      bySchema(() => accountsSchema),
      { signal },
    );
    return accounts.some(({ providerId }) => providerId === 'credential');
  },
});
