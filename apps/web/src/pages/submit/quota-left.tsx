import type { ReportedQuota } from '@holdout/contracts';
import { Alert, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import styles from './submit-page.module.css';

const kinds = ['perDay', 'total', 'atOnce'] as const;
const titles = { perDay: 'quotaPerDay', total: 'quotaTotal', atOnce: 'quotaAtOnce' } as const;

/** How many submissions the team has left, before it chooses what to spend one on. */
export function QuotaLeft({ quota }: { readonly quota: ReportedQuota }) {
  const { t } = useTranslation('submit');
  const { number } = useFormat();
  const { limits, used } = quota;
  return (
    <section aria-labelledby="quota-title" className={styles.quota}>
      <h2 id="quota-title" className={styles.quotaTitle}>
        {t('quota')}
      </h2>
      <dl className={styles.quotaList}>
        {kinds.map((kind) => {
          const limit = limits[kind];
          const left = limit === null ? null : Math.max(0, limit - used[kind]);
          return (
            <div key={kind} data-used={left === 0}>
              <dt>{t(titles[kind])}</dt>
              <dd>
                {left === null || limit === null
                  ? t('quotaFree')
                  : t('quotaLeft', { left: number(left), limit: number(limit) })}
              </dd>
            </div>
          );
        })}
      </dl>
      <Text size="sm" c="dimmed">
        {t('quotaNote')}
      </Text>
      {!quota.allowed && <QuotaRefusal quota={quota} />}
    </section>
  );
}

function QuotaRefusal({ quota: { allowedAt, limits, used } }: { readonly quota: ReportedQuota }) {
  const { t } = useTranslation('submit');
  const { relative, dateTime } = useFormat();
  const isOver = limits.total !== null && used.total >= limits.total;
  return (
    <Alert color="orange" title={t('quotaUsed')} mt="sm">
      {allowedAt !== null
        ? t('quotaAgain', { relative: relative(allowedAt), time: dateTime(allowedAt) })
        : t(isOver ? 'quotaNever' : 'quotaWhenEnded')}
    </Alert>
  );
}
