import { Button, Menu } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '../api/me.js';
import { apiPath, nothing, request } from '../api/request.js';

interface AccountMenuProps {
  readonly me: Me;
  readonly user: NonNullable<Me['user']>;
}

/** What a reader who signed in may go to. */
export function AccountMenu({ me, user }: AccountMenuProps) {
  const { t } = useTranslation('shell');
  const queries = useQueryClient();
  const signOut = async (): Promise<void> => {
    await request(apiPath('auth', 'sign-out'), nothing, { method: 'POST', body: {} });
    // Whatever was read may have been for this reader only.
    await queries.resetQueries();
  };
  return (
    <Menu>
      <Menu.Target>
        <Button variant="subtle" size="compact-sm">
          {user.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <PageItem href="/account" words={t('account')} />
        <PageItem href="/tokens" words={t('tokens')} />
        <PageItem href="/teams" words={t('teams')} />
        {me.organises.map((competition) => (
          <PageItem
            key={competition}
            href={`/organise/${encodeURIComponent(competition)}`}
            words={`${t('organise')}: ${competition}`}
          />
        ))}
        {user.siteAdmin && <PageItem href="/operate" words={t('operate')} />}
        {user.siteAdmin && <PageItem href="/outbox" words={t('outbox')} />}
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>{t('signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** A link, so that it can be opened in another tab; clicked, it goes there without a page load. */
function PageItem({ href, words }: { href: string; words: string }) {
  const { history } = useRouter();
  const go = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.push(href);
  };
  return (
    <Menu.Item component="a" href={href} onClick={go}>
      {words}
    </Menu.Item>
  );
}
