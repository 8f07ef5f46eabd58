import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { readLinkSearch } from './accounts/link-search.js';
import { competitionQuery, competitionsQuery } from './api/competitions.js';
import { queryClient } from './api/query-client.js';
import { AppShell } from './app-shell/app-shell.js';
import { loadWords } from './i18n/start-i18n.js';
import { readBoardSearch } from './pages/leaderboard/board-search.js';
import { prefetchBoard } from './pages/leaderboard/prefetch-board.js';
import { readLogSearch } from './pages/organise/log-search.js';
import { readSubmissionSearch } from './pages/organise/submissions/submission-search.js';
import { readVersionSearch } from './pages/organise/test-sets/version-search.js';
import { Failure } from './parts/failure.js';
import { Loading } from './parts/loading.js';
import { NotFound } from './parts/not-found.js';

const rootRoute = createRootRoute({ component: AppShell, notFoundComponent: NotFound });

// Each page is a folder of `pages/` whose main file exports `Page`; its code and its words come when somebody goes there,
// or points at a link that does. What it will ask the server for may be asked for beside them, and is not waited for.
const routeTree = rootRoute.addChildren([
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/',
    component: lazyPage(() => import('./pages/home/home-page.js')),
    loader: () => loadWords('home'),
    beforeLoad: goToOnlyCompetition,
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition',
    component: lazyPage(() => import('./pages/competition/competition-page.js')),
    loader({ params: { competition } }) {
      void queryClient.prefetchQuery(competitionQuery(competition));
      return loadWords('competition', 'joining', 'accounts');
    },
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/leaderboard',
    validateSearch: readBoardSearch,
    component: lazyPage(() => import('./pages/leaderboard/leaderboard-page.js')),
    loader({ params: { competition } }) {
      void prefetchBoard(competition);
      return loadWords('leaderboard');
    },
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/join',
    component: lazyPage(() => import('./pages/join/join-page.js')),
    loader: () => loadWords('joining', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sign-in',
    validateSearch: readLinkSearch,
    component: lazyPage(() => import('./pages/sign-in/sign-in-page.js')),
    loader: () => loadWords('signIn', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sign-up',
    validateSearch: readLinkSearch,
    component: lazyPage(() => import('./pages/sign-in/sign-up-page.js')),
    loader: () => loadWords('signIn', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/verify-email',
    validateSearch: readLinkSearch,
    component: lazyPage(() => import('./pages/sign-in/verify-email-page.js')),
    loader: () => loadWords('signIn', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/forgot-password',
    component: lazyPage(() => import('./pages/sign-in/forgot-password-page.js')),
    loader: () => loadWords('signIn', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/reset-password',
    validateSearch: readLinkSearch,
    component: lazyPage(() => import('./pages/sign-in/reset-password-page.js')),
    loader: () => loadWords('signIn', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/account',
    component: lazyPage(() => import('./pages/account/account-page.js')),
    loader: () => loadWords('account', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/tokens',
    component: lazyPage(() => import('./pages/tokens/tokens-page.js')),
    loader: () => loadWords('tokens', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/device',
    validateSearch: readLinkSearch,
    component: lazyPage(() => import('./pages/device/device-page.js')),
    loader: () => loadWords('device', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/teams',
    component: lazyPage(() => import('./pages/teams/teams-page.js')),
    loader: () => loadWords('teams', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/teams/$team',
    component: lazyPage(() => import('./pages/teams/team-page.js')),
    loader: () => loadWords('teams', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/invitations/$invitation',
    validateSearch: readLinkSearch,
    component: lazyPage(() => import('./pages/teams/invitation-page.js')),
    loader: () => loadWords('teams', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/outbox',
    component: lazyPage(() => import('./pages/outbox/outbox-page.js')),
    loader: () => loadWords('outbox', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/organise',
    validateSearch: readSubmissionSearch,
    component: lazyPage(() => import('./pages/organise/submissions/submissions-page.js')),
    loader: () => loadWords('organise', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/organise/test-sets',
    validateSearch: readVersionSearch,
    component: lazyPage(() => import('./pages/organise/test-sets/test-sets-page.js')),
    loader: () => loadWords('organise', 'accounts', 'heatMaps'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/organise/settings',
    component: lazyPage(() => import('./pages/organise/settings/settings-page.js')),
    loader: () => loadWords('organise', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/organise/starter-kit',
    component: lazyPage(() => import('./pages/organise/starter-kit/starter-kit-page.js')),
    loader: () => loadWords('organise'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/organise/agreement',
    validateSearch: readVersionSearch,
    component: lazyPage(() => import('./pages/organise/agreement-page.js')),
    loader: () => loadWords('organise', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/organise/log',
    validateSearch: readLogSearch,
    component: lazyPage(() => import('./pages/organise/log-page.js')),
    loader: () => loadWords('organise', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/organise/organisers',
    component: lazyPage(() => import('./pages/organise/organisers-page.js')),
    loader: () => loadWords('organise', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/operate',
    component: lazyPage(() => import('./pages/operate/operate-page.js')),
    loader: () => loadWords('operate', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/phases/$phase/submit',
    component: lazyPage(() => import('./pages/submit/submit-page.js')),
    loader: () => loadWords('submit', 'joining', 'accounts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/submissions',
    component: lazyPage(() => import('./pages/submission/submissions-page.js')),
    loader: () => loadWords('submission'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/submissions/$id',
    component: lazyPage(() => import('./pages/submission/submission-page.js')),
    loader: () => loadWords('submission', 'heatMaps'),
  }),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingComponent: Loading,
  defaultErrorComponent: ({ error, reset }) => <Failure error={error} onRetry={reset} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function lazyPage(load: () => Promise<{ Page: ComponentType }>) {
  return lazyRouteComponent(load, 'Page');
}

/** Where there is one competition, its leaderboard is the first page. */
async function goToOnlyCompetition(): Promise<void> {
  const [first, ...others] = await queryClient.ensureQueryData(competitionsQuery).catch(() => []);
  if (!first || others.length > 0) return;
  const params = { competition: first.competition };
  throw redirect({ to: '/competitions/$competition/leaderboard', params, replace: true });
}
