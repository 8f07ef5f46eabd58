import { queryOptions } from '@tanstack/react-query';
import { apiPath, bySchema, request } from '../api/request.js';

/** How people sign in here, and where mails go. */
export const signInOptionsQuery = queryOptions({
  queryKey: ['sign-in-options'],
  queryFn: ({ signal }) =>
    request(
      apiPath('sign-in'),
      bySchema(({ signInOptionsSchema }) => signInOptionsSchema),
      { signal },
    ),
  staleTime: Number.POSITIVE_INFINITY,
});
