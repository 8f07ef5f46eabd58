import { QueryClient } from '@tanstack/react-query';
import { ProblemError } from './problem-error.js';

const mostRetries = 2;

/** What was read is kept for half a minute; what the server refused is not asked for again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < mostRetries && !(error instanceof ProblemError && error.status < 500),
    },
  },
});
