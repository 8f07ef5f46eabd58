import { useQueryClient } from '@tanstack/react-query';
import { meQuery } from '../api/me.js';

/** For when the reader became another one: whatever was read before may look otherwise to them. */
export function useReadAnew(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
    await queries.fetchQuery({ ...meQuery, staleTime: 0 });
  };
}
