import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery } from '../api/me.js';
import { submissionQuery } from '../api/submissions.js';
import { AccountCorner } from './account-corner.js';
import styles from './app-shell.module.css';
import { ColourSchemeSwitch } from './colour-scheme-switch.js';
import { LanguageSelect } from './language-select.js';

/** What stands around every page: the way about, the language, the colours, and who the reader is. */
export function AppShell() {
  const { t } = useTranslation('shell');
  const main = useRef<HTMLElement>(null);
  useFocusOnNewPage(main);
  return (
    <>
      <a className={styles.skip} href="#main">
        {t('skip')}
      </a>
      <header className={styles.header}>
        <Link to="/" className={styles.brand}>
          <img src="/icon.svg" alt="" width="24" height="24" />
          Holdout
        </Link>
        <SiteNavigation />
        <div className={styles.tools}>
          <LanguageSelect />
          <ColourSchemeSwitch />
          <AccountCorner />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
    </>
  );
}

function SiteNavigation() {
  const { t } = useTranslation('shell');
  const competition = useCompetition();
  const { data: me } = useQuery(meQuery);
  return (
    <nav aria-label={t('site')} className={styles.navigation}>
      {competition === undefined ? (
        <Link to="/">{t('competitions')}</Link>
      ) : (
        <>
          <Link to="/competitions/$competition/leaderboard" params={{ competition }}>
            {t('leaderboard')}
          </Link>
          <Link to="/competitions/$competition" params={{ competition }} activeOptions={{ exact: true }}>
            {t('competition')}
          </Link>
          <Link to="/competitions/$competition/submissions" params={{ competition }}>
            {t('submissions')}
          </Link>
          {me?.organises.includes(competition) && (
            <Link to="/competitions/$competition/organise" params={{ competition }}>
              {t('organise')}
            </Link>
          )}
        </>
      )}
      <a href="/api/docs">{t('reference')}</a>
    </nav>
  );
}

/** The competition that a page belongs to, by its address, or by the submission that its address names. */
function useCompetition(): string | undefined {
  const { competition, id } = useParams({ strict: false });
  const { data: submission } = useQuery({ ...submissionQuery(id ?? ''), enabled: id !== undefined });
  return competition ?? submission?.competition;
}

/** A screen reader is told of a new page by the focus, as after a page load. */
function useFocusOnNewPage(main: React.RefObject<HTMLElement | null>): void {
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const shown = useRef(path);
  useEffect(() => {
    if (path === shown.current) return;
    const isFirst = shown.current === undefined;
    shown.current = path;
    if (isFirst) return;
    const heading = main.current?.querySelector<HTMLElement>('h1[tabindex]');
    (heading ?? main.current)?.focus({ preventScroll: true });
  }, [path, main]);
}
