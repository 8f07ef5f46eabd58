import { Alert, Anchor, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { WideTable } from '../../parts/wide-table.js';
import { queuesQuery } from './read-operation.js';

/** What waits for each kind of worker, and what was begun and is held by nobody. */
export function Queues() {
  const { t } = useTranslation('operate');
  const { relative, number } = useFormat();
  const { data: queues, error, refetch } = useQuery(queuesQuery);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!queues) return <Loading lines={2} />;
  const head = [
    t('queue'),
    t('serving'),
    t('waiting'),
    t('oldest'),
    t('underWay'),
    t('retried'),
    t('mostAttempts'),
    t('stuck'),
  ];
  const stuck = queues.flatMap((queue) => queue.stuck);
  return (
    <>
      <WideTable label={t('queues')} head={head}>
        {queues.map(
          ({ kind, hardware, workers, waiting, oldestSince, underWay, retried, mostAttempts, stuck: ofQueue }) => (
            <Table.Tr key={`${kind} ${hardware}`}>
              <Table.Td>
                {t(`queue_${kind}`)}
                {hardware && ` (${hardware})`}
              </Table.Td>
              <Table.Td>{number(workers)}</Table.Td>
              <Table.Td>{number(waiting)}</Table.Td>
              <Table.Td>{oldestSince === null ? '—' : relative(oldestSince)}</Table.Td>
              <Table.Td>{number(underWay)}</Table.Td>
              <Table.Td>{number(retried)}</Table.Td>
              <Table.Td>{number(mostAttempts)}</Table.Td>
              <Table.Td>{number(ofQueue.length)}</Table.Td>
            </Table.Tr>
          ),
        )}
      </WideTable>
      {queues
        .filter(({ workers, waiting }) => workers === 0 && waiting > 0)
        .map(({ kind, hardware, waiting }) => (
          <Alert
            key={`${kind} ${hardware}`}
            color="red"
            mt="sm"
            title={t('unserved', { queue: hardware ?? t(`queue_${kind}`) })}
          >
            {t('unservedNext', { count: waiting })}
          </Alert>
        ))}
      {stuck.length > 0 && (
        <>
          <Text size="sm" mt="sm" mb={4}>
            {t('stuckExplained')}
          </Text>
          <WideTable
            label={t('stuck')}
            head={[t('submission'), t('competition'), t('stage'), t('attempts'), t('since')]}
          >
            {stuck.map(({ evaluationId, submissionId, name, competition, state, attempts, since }) => (
              <Table.Tr key={evaluationId}>
                <Table.Td>
                  <Anchor href={`/submissions/${submissionId}`} fz="sm">
                    {name}
                  </Anchor>
                </Table.Td>
                <Table.Td>{competition}</Table.Td>
                <Table.Td>{t(`stage_${state}`)}</Table.Td>
                <Table.Td>{attempts}</Table.Td>
                <Table.Td>{relative(since)}</Table.Td>
              </Table.Tr>
            ))}
          </WideTable>
        </>
      )}
    </>
  );
}
