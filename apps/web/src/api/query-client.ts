import { QueryClient } from '@tanstack/react-query';
import { ProblemError } from './problem-error.js';

const mostRetries = 2;

/** What was read is kept for half a minute; what the server refused is not asked for again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // Whether there is a network is not for the browser to say: a server may be on this machine.
      networkMode: 'always',
      staleTime: 30_000,
      retry: (failures, error) => failures < mostRetries && !(error instanceof ProblemError && error.status < 500),
    },
  },
});
