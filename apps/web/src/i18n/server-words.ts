import type { Language } from './namespaces.js';

/** What the server says, in other languages than English, which comes with every answer of its own. */
export const serverWords = {
  en: async () => ({ words: {} }),
  zh: () => import('./server-words.zh.js'),
} as const satisfies Record<Language, () => Promise<{ words: object }>>;
