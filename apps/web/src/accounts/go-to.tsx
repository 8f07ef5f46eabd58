import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

/** Goes to a page of ours that is known only by its address, with its query, in place of this one. */
export function GoTo({ path }: { readonly path: string }) {
  const { history } = useRouter();
  useEffect(() => history.replace(path), [history, path]);
  return null;
}
