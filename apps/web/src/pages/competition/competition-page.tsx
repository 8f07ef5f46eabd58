import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function Page() {
  const { t } = useTranslation('competition');
  return <Title>{t('title')}</Title>;
}
