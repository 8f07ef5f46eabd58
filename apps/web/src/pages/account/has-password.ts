import { queryOptions } from '@tanstack/react-query';
import { askAuth } from '../../accounts/ask-auth.js';
import { waysInSchema } from '../../accounts/auth-answers.js';
import { bySchema } from '../../api/request.js';

/** Whether this person has a password; who came by an institution need not. */
export const hasPasswordQuery = queryOptions({
  queryKey: ['has-password'],
  queryFn: async ({ signal }): Promise<boolean> => {
    const ways = await askAuth(
      'list-accounts',
      bySchema(() => waysInSchema),
      { signal },
    );
    return ways.some(({ providerId }) => providerId === 'credential');
  },
});
