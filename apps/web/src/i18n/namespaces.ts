import { words as shell } from '../app-shell/words.en.js';

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/**
 * The words of the pages, by what they belong to. Each is loaded with its page; the shell's English comes with the
 * shell. A page adds a line here, and names it in the router.
 */
export const namespaces = {
  shell: { en: async () => ({ words: shell }), zh: () => import('../app-shell/words.zh.js') },
  home: { en: () => import('../pages/home/words.en.js'), zh: () => import('../pages/home/words.zh.js') },
  leaderboard: {
    en: () => import('../pages/leaderboard/words.en.js'),
    zh: () => import('../pages/leaderboard/words.zh.js'),
  },
  competition: {
    en: () => import('../pages/competition/words.en.js'),
    zh: () => import('../pages/competition/words.zh.js'),
  },
  submit: { en: () => import('../pages/submit/words.en.js'), zh: () => import('../pages/submit/words.zh.js') },
  submission: {
    en: () => import('../pages/submission/words.en.js'),
    zh: () => import('../pages/submission/words.zh.js'),
  },
  accounts: { en: () => import('../accounts/words.en.js'), zh: () => import('../accounts/words.zh.js') },
  signIn: { en: () => import('../pages/sign-in/words.en.js'), zh: () => import('../pages/sign-in/words.zh.js') },
  account: { en: () => import('../pages/account/words.en.js'), zh: () => import('../pages/account/words.zh.js') },
  tokens: { en: () => import('../pages/tokens/words.en.js'), zh: () => import('../pages/tokens/words.zh.js') },
  device: { en: () => import('../pages/device/words.en.js'), zh: () => import('../pages/device/words.zh.js') },
  teams: { en: () => import('../pages/teams/words.en.js'), zh: () => import('../pages/teams/words.zh.js') },
  outbox: { en: () => import('../pages/outbox/words.en.js'), zh: () => import('../pages/outbox/words.zh.js') },
  heatMaps: { en: () => import('../heat-maps/words.en.js'), zh: () => import('../heat-maps/words.zh.js') },
  joining: { en: () => import('../joining/words.en.js'), zh: () => import('../joining/words.zh.js') },
  organise: { en: () => import('../pages/organise/words.en.js'), zh: () => import('../pages/organise/words.zh.js') },
  operate: { en: () => import('../pages/operate/words.en.js'), zh: () => import('../pages/operate/words.zh.js') },
} satisfies Readonly<Record<string, Readonly<Record<Language, () => Promise<{ words: object }>>>>>;

export type Namespace = keyof typeof namespaces;

/** The English words of each namespace: what the keys' types are made of. */
export type Resources = { [Name in Namespace]: Awaited<ReturnType<(typeof namespaces)[Name]['en']>>['words'] };

/** What a translation of English words must have: the same keys, though Chinese has no singular of its own. */
export type Translated<Words> = {
  readonly [Key in keyof Words as Key extends `${string}_one` ? never : Key]: string;
};
