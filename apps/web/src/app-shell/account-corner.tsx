import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery } from '../api/me.js';

const AccountMenu = lazy(async () => ({ default: (await import('./account-menu.js')).AccountMenu }));

/** The way to sign in, or what is the reader's own. */
export function AccountCorner() {
  const { t } = useTranslation('shell');
  const { data: me } = useQuery(meQuery);
  if (me === undefined) return null;
  if (me.user === null) return <Link to="/sign-in">{t('signIn')}</Link>;
  return (
    <Suspense fallback={me.user.name}>
      <AccountMenu me={me} user={me.user} />
    </Suspense>
  );
}
