import { useTranslation } from 'react-i18next';
import { type Language, languages } from './namespaces.js';

const place = 'holdout-language';

/** What the reader chose before, or the first of the browser's languages that the pages speak. */
export function chooseLanguage(): Language {
  const wanted = [readChoice(), ...navigator.languages].flatMap((tag) =>
    tag ? [tag.toLowerCase().split('-')[0]] : [],
  );
  return wanted.map((tag) => languages.find((language) => language === tag)).find((found) => found) ?? 'en';
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(place, language);
  } catch {
    // A browser that keeps nothing asks again on the next visit.
  }
}

/** The language that the page is in now. */
export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return languages.find((language) => language === i18n.language) ?? 'en';
}

function readChoice(): string | null {
  try {
    return localStorage.getItem(place);
  } catch {
    return null;
  }
}
