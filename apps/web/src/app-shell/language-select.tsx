import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../i18n/language.js';
import { languages } from '../i18n/namespaces.js';
import { switchLanguage } from '../i18n/start-i18n.js';

/** Each language in its own words: whoever looks for it may read no other. */
const names = { en: 'English', zh: '中文' } as const;

export function LanguageSelect() {
  const { t } = useTranslation('shell');
  return (
    <NativeSelect
      size="xs"
      aria-label={t('language')}
      value={useLanguage()}
      data={languages.map((language) => ({ value: language, label: names[language] }))}
      onChange={({ currentTarget: { value } }) => {
        const chosen = languages.find((language) => language === value);
        if (chosen) void switchLanguage(chosen);
      }}
    />
  );
}
