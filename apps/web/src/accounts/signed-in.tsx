import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
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
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!me) return <Loading />;
  const { user, ...rest } = me;
  return user ? children({ ...rest, user }) : <GoToSignIn />;
}

/** Once: this page stands until that one is there, and its address is the other’s by then. */
function GoToSignIn() {
  const router = useRouter();
  useEffect(() => {
    const { href: next } = router.history.location;
    void router.navigate({ to: '/sign-in', search: { next }, replace: true });
  }, [router]);
  return <Loading />;
}
