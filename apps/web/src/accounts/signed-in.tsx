import { useQuery } from '@tanstack/react-query';
import { Navigate, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Me, meQuery } from '../api/me.js';
import { Failure } from '../parts/failure.js';
import { Loading } from '../parts/loading.js';

/** A reader who signed in. */
export interface Person extends Me {
  readonly user: NonNullable<Me['user']>;
}

/** What is there for people only; others are asked to sign in, and come back. */
export function SignedIn({ children }: { readonly children: (person: Person) => ReactNode }) {
  const { data: me, error, refetch } = useQuery(meQuery);
  const here = useRouterState({ select: ({ location }) => location.href });
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!me) return <Loading />;
  const { user, ...rest } = me;
  if (!user) return <Navigate to="/sign-in" search={{ next: here }} replace />;
  return children({ ...rest, user });
}
