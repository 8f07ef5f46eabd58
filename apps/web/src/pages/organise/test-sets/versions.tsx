import { Button, Group, Stack, Table, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../format/use-format.js';
import { Failure } from '../../../parts/failure.js';
import { Loading } from '../../../parts/loading.js';
import { WideTable } from '../../../parts/wide-table.js';
import styles from '../organise.module.css';
import { BoardChange } from './board-change.js';
import { type PhaseAddress, versionsQuery } from './read-test-set.js';
import { VersionDiff } from './version-diff.js';
import { VersionSelect } from './version-select.js';

/** The versions that a phase's test set has had, and what differs between two of them: studies, labels and boards. */
export function Versions({ address }: { readonly address: PhaseAddress }) {
  const { t } = useTranslation('organise');
  const { dateTime, number } = useFormat();
  const { data: versions, error, refetch } = useQuery(versionsQuery(address));
  const [chosen, setChosen] = useState<{ from?: string; to?: string }>({});
  const [compared, setCompared] = useState<{ from: string; to: string } | null>(null);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!versions) return <Loading />;
  const to = chosen.to ?? versions[0]?.version ?? '';
  const from = chosen.from ?? versions.find(({ version }) => version !== to)?.version ?? '';
  const head = [t('version'), t('whatItIs'), t('presentFrom'), t('studies'), t('imagesColumn')];
  return (
    <Stack>
      <WideTable label={t('view_versions')} head={head}>
        {versions.map(({ version, role, currentFrom, studies, images }) => (
          <Table.Tr key={version}>
            <Table.Td className={styles.digest} title={version}>
              {version.slice(0, 12)}
            </Table.Td>
            <Table.Td>{t(`role_${role}`)}</Table.Td>
            <Table.Td>{currentFrom ? dateTime(currentFrom) : '—'}</Table.Td>
            <Table.Td>{number(studies)}</Table.Td>
            <Table.Td>{number(images)}</Table.Td>
          </Table.Tr>
        ))}
      </WideTable>
      {versions.length > 1 && (
        <Group align="end">
          <VersionSelect
            versions={versions}
            value={from}
            onChange={(each) => setChosen({ to, from: each })}
            label={t('fromVersion')}
          />
          <VersionSelect
            versions={versions}
            value={to}
            onChange={(each) => setChosen({ from, to: each })}
            label={t('toVersion')}
          />
          <Button size="xs" mb="sm" disabled={from === to} onClick={() => setCompared({ from, to })}>
            {t('compare')}
          </Button>
        </Group>
      )}
      {compared && (
        <>
          <Title order={2} size="h4">
            {t('differences')}
          </Title>
          <VersionDiff address={address} {...compared} />
          <Title order={2} size="h4">
            {t('boardsBeforeAfter')}
          </Title>
          <BoardChange address={address} {...compared} />
        </>
      )}
    </Stack>
  );
}
