import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { AppShell } from './app-shell/app-shell.js';
import type { Namespace } from './i18n/namespaces.js';
import { loadWords } from './i18n/start-i18n.js';
import { readBoardSearch } from './pages/leaderboard/board-search.js';
import { Failure } from './parts/failure.js';
import { Loading } from './parts/loading.js';
import { NotFound } from './parts/not-found.js';

const rootRoute = createRootRoute({ component: AppShell, notFoundComponent: NotFound });

// Each page is a folder of `pages/` whose main file exports `Page`; its code and its words come when it is gone to.
const routeTree = rootRoute.addChildren([
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/',
    ...page('home', () => import('./pages/home/home-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition',
    ...page('competition', () => import('./pages/competition/competition-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/leaderboard',
    validateSearch: readBoardSearch,
    ...page('leaderboard', () => import('./pages/leaderboard/leaderboard-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/phases/$phase/submit',
    ...page('submit', () => import('./pages/submit/submit-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/submissions',
    ...page('submission', () => import('./pages/submission/submissions-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/submissions/$id',
    ...page('submission', () => import('./pages/submission/submission-page.js')),
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

/** A page and its words, both loaded when somebody goes there, or points at a link that does. */
function page(words: Namespace, load: () => Promise<{ Page: ComponentType }>) {
  return { component: lazyRouteComponent(load, 'Page'), loader: () => loadWords(words) };
}
