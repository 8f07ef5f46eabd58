import { Alert, Loader, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Failure } from '../../../parts/failure.js';
import { Loading } from '../../../parts/loading.js';
import { WideTable } from '../../../parts/wide-table.js';
import { pairEntries } from './pair-entries.js';
import { boardQuery } from './read-board.js';
import { type PhaseAddress, versionsQuery } from './read-test-set.js';

interface BoardChangeProps {
  readonly address: PhaseAddress;
  readonly from: string;
  readonly to: string;
}

/** The boards on two versions of a test set side by side; the second appears when all is scored on it. */
export function BoardChange({ address, from, to }: BoardChangeProps) {
  const { t } = useTranslation('organise');
  const { data: versions } = useQuery(versionsQuery(address));
  const role = versions?.find(({ version }) => version === to)?.role;
  const isReady = role === 'current' || role === 'past';
  const before = useQuery(boardQuery(address, from));
  const after = useQuery({ ...boardQuery(address, to), enabled: isReady });
  const error = before.error ?? after.error;
  if (error) return <Failure error={error} />;
  if (versions && !isReady) {
    return (
      <Alert role="status" icon={<Loader size="xs" />} title={t('beingPrepared')}>
        {t('beingPreparedNext')}
      </Alert>
    );
  }
  if (!before.data || !after.data) return <Loading />;
  const rows = pairEntries(before.data.entries, after.data.entries);
  return (
    <>
      <Text size="sm" mb={4}>
        {t('boardsCompared', { from: from.slice(0, 8), to: to.slice(0, 8) })}
      </Text>
      <WideTable
        label={t('boardsBeforeAfter')}
        head={[t('entry'), t('rankBeforeAfter'), t('kappaBefore'), t('kappaAfter'), '±']}
      >
        {rows.map(({ key, name, team, before: old, after: now }) => {
          const [first, second] = [old?.score.overall.kappa.value, now?.score.overall.kappa.value];
          return (
            <Table.Tr key={key}>
              <Table.Td>
                {name}
                {team !== null && (
                  <Text span size="xs" c="dimmed">
                    {' '}
                    · {team}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                {old?.rank ?? '—'} → {now?.rank ?? '—'}
              </Table.Td>
              <Table.Td>{first?.toFixed(3) ?? '—'}</Table.Td>
              <Table.Td>{second?.toFixed(3) ?? '—'}</Table.Td>
              <Table.Td>{first != null && second != null ? signed(second - first) : '—'}</Table.Td>
            </Table.Tr>
          );
        })}
      </WideTable>
    </>
  );
}

function signed(difference: number): string {
  const text = Math.abs(difference).toFixed(3);
  if (Number(text) === 0) return '0';
  return `${difference > 0 ? '+' : '−'}${text}`;
}
