import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from './empty.js';

/** For an address that no page has. */
export function NotFound() {
  const { t } = useTranslation('shell');
  return (
    <Empty title={t('notFound')}>
      {t('notFoundNext')} <Link to="/">{t('toStart')}</Link>
    </Empty>
  );
}
