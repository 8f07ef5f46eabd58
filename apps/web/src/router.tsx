import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { readLinkSearch } from './accounts/link-search.js';
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
    path: '/competitions/$competition/join',
    ...page(['joining', 'accounts'], () => import('./pages/join/join-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sign-in',
    validateSearch: readLinkSearch,
    ...page(['signIn', 'accounts'], () => import('./pages/sign-in/sign-in-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sign-up',
    validateSearch: readLinkSearch,
    ...page(['signIn', 'accounts'], () => import('./pages/sign-in/sign-up-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/verify-email',
    validateSearch: readLinkSearch,
    ...page(['signIn', 'accounts'], () => import('./pages/sign-in/verify-email-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/forgot-password',
    ...page(['signIn', 'accounts'], () => import('./pages/sign-in/forgot-password-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/reset-password',
    validateSearch: readLinkSearch,
    ...page(['signIn', 'accounts'], () => import('./pages/sign-in/reset-password-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/account',
    ...page(['account', 'accounts'], () => import('./pages/account/account-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/tokens',
    ...page(['tokens', 'accounts'], () => import('./pages/tokens/tokens-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/device',
    validateSearch: readLinkSearch,
    ...page(['device', 'accounts'], () => import('./pages/device/device-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/teams',
    ...page(['teams', 'accounts'], () => import('./pages/teams/teams-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/teams/$team',
    ...page(['teams', 'accounts'], () => import('./pages/teams/team-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/invitations/$invitation',
    validateSearch: readLinkSearch,
    ...page(['teams', 'accounts'], () => import('./pages/teams/invitation-page.js')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/outbox',
    ...page(['outbox', 'accounts'], () => import('./pages/outbox/outbox-page.js')),
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
function page(words: Namespace | readonly Namespace[], load: () => Promise<{ Page: ComponentType }>) {
  return { component: lazyRouteComponent(load, 'Page'), loader: () => loadWords(...[words].flat()) };
}
