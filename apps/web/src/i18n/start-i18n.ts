import i18next, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { chooseLanguage, rememberLanguage } from './language.js';
import { type Language, languages, type Namespace, namespaces } from './namespaces.js';
import { serverWords } from './server-words.js';

const backend: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read(language, namespace, done) {
    const words: Readonly<Record<Language, () => Promise<{ words: object }>>> =
      namespace === 'server' ? serverWords : namespaces[namespace as Namespace];
    words[language as Language]().then(
      ({ words }) => done(null, words),
      (error: Error) => done(error, null),
    );
  },
};

/** Makes the pages speak the reader's language before anything is drawn. */
export async function startI18n(): Promise<void> {
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language === 'zh' ? 'zh-Hans' : language;
  });
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: chooseLanguage(),
      supportedLngs: languages,
      // Both have every key, which a test sees to.
      fallbackLng: false,
      ns: ['shell'],
      defaultNS: 'shell',
      // React escapes what it shows.
      interpolation: { escapeValue: false },
    });
  // Beside the page: until they are here, and where they don’t come, the server’s words are English.
  void i18next.loadNamespaces('server');
}

/** Loads the words of a page, beside the page itself. */
export async function loadWords(...wanted: Namespace[]): Promise<void> {
  await i18next.loadNamespaces(wanted);
}

export async function switchLanguage(language: Language): Promise<void> {
  rememberLanguage(language);
  await i18next.changeLanguage(language);
}
