import type { Phase } from '@holdout/contracts';
import { Progress, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Refusal } from '../../accounts/refusal.js';
import { apiPath, bySchema, request } from '../../api/request.js';
import { useFormat } from '../../format/use-format.js';
import styles from './quota-use.module.css';

const quotas = ['perDay', 'total', 'atOnce'] as const;

interface QuotaUseProps {
  readonly competition: string;
  readonly phase: Phase;
}

/** What the team has used of a phase, in words and as a bar. */
export function QuotaUse({ competition, phase: { phase, title } }: QuotaUseProps) {
  const { t } = useTranslation('teams');
  const { dateTime } = useFormat();
  const { data, error } = useQuery({
    queryKey: ['quota', competition, phase],
    queryFn: ({ signal }) =>
      request(
        apiPath('competitions', competition, 'phases', phase, 'quota'),
        bySchema(({ quotaUseSchema }) => quotaUseSchema),
        { signal },
      ),
  });
  if (error) return <Refusal error={error} />;
  if (!data) return null;
  const { used, limits, allowed, allowedAt, message } = data;
  return (
    <div className={styles.phase}>
      <Text fw={600}>{title}</Text>
      <ul className={styles.quotas}>
        {quotas.map((quota) => {
          const limit = limits[quota];
          return (
            <li key={quota}>
              <Text size="sm">
                {limit === null
                  ? t(`quota_${quota}_without`, { count: used[quota] })
                  : t(`quota_${quota}_of`, { count: used[quota], limit })}
              </Text>
              {limit !== null && (
                <Progress
                  value={(100 * used[quota]) / limit}
                  size="sm"
                  aria-hidden="true"
                  color={barColour(used[quota], limit)}
                />
              )}
            </li>
          );
        })}
      </ul>
      {!allowed && (
        <Text size="sm">
          {allowedAt ? t('allowedAt', { time: dateTime(allowedAt) }) : (message ?? t('notAllowed'))}
        </Text>
      )}
    </div>
  );
}

function barColour(used: number, limit: number): string {
  return used >= limit ? 'red' : 'petrol';
}
