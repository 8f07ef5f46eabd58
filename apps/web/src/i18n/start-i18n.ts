import i18next, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { chooseLanguage, rememberLanguage } from './language.js';
import { type Language, languages, type Namespace, namespaces } from './namespaces.js';

const backend: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read(language, namespace, done) {
    const load = namespaces[namespace as Namespace][language as Language];
    load().then(
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
}

/** Loads the words of a page, beside the page itself. */
export async function loadWords(...wanted: Namespace[]): Promise<void> {
  await i18next.loadNamespaces(wanted);
}

export async function switchLanguage(language: Language): Promise<void> {
  rememberLanguage(language);
  await i18next.changeLanguage(language);
}
