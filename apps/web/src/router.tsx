import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { competitionQuery, competitionsQuery } from './api/competitions.js';
import { queryClient } from './api/query-client.js';
import { AppShell } from './app-shell/app-shell.js';
import { loadWords } from './i18n/start-i18n.js';
import { readBoardSearch } from './pages/leaderboard/board-search.js';
import { prefetchBoard } from './pages/leaderboard/prefetch-board.js';
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
      return loadWords('competition');
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
