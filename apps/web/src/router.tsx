import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { AppShell } from './app-shell/app-shell.js';
import type { Namespace } from './i18n/namespaces.js';
import { loadWords } from './i18n/start-i18n.js';
import { readBoardSearch } from './pages/leaderboard/board-search.js';
import { readLogSearch } from './pages/organise/log-search.js';
import { readSubmissionSearch } from './pages/organise/submissions/submission-search.js';
import { readVersionSearch } from './pages/organise/test-sets/version-search.js';
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
    path: '/competitions/$competition/organise',
    validateSearch: readSubmissionSearch,
    ...page('organise', () => import('./pages/organise/submissions/submissions-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/organise/test-sets',
    validateSearch: readVersionSearch,
    ...page('organise', () => import('./pages/organise/test-sets/test-sets-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/organise/settings',
    ...page('organise', () => import('./pages/organise/settings/settings-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/organise/agreement',
    validateSearch: readVersionSearch,
    ...page('organise', () => import('./pages/organise/agreement-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/competitions/$competition/organise/log',
    validateSearch: readLogSearch,
    ...page('organise', () => import('./pages/organise/log-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/operate',
    ...page('operate', () => import('./pages/operate/operate-page.js')),
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
