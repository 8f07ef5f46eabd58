import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { WideTable } from '../../parts/wide-table.js';
import { workersQuery } from './read-operation.js';
import { WorkerRow } from './worker-row.js';

/** Each worker with its machine, what it does, and when it was last heard of; looked at every two seconds. */
export function Workers() {
  const { t } = useTranslation('operate');
  const { data: workers, error, refetch } = useQuery(workersQuery);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!workers) return <Loading />;
  if (workers.length === 0) return <Empty title={t('noWorkers')}>{t('noWorkersNext')}</Empty>;
  return (
    <>
      <WideTable
        label={t('workers')}
        head={[t('worker'), t('machine'), t('does'), t('lastSeen'), t('state'), t('actions')]}
      >
        {workers.map((worker) => (
          <WorkerRow key={worker.id} worker={worker} />
        ))}
      </WideTable>
      <Text size="xs" c="dimmed" mt={4}>
        {t('pauseAndDrain')}
      </Text>
    </>
  );
}
