import type { TestSetDiff } from '@holdout/contracts';
import { List, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Failure } from '../../../parts/failure.js';
import { Loading } from '../../../parts/loading.js';
import { WideTable } from '../../../parts/wide-table.js';
import styles from '../organise.module.css';
import { diffQuery, type PhaseAddress } from './read-test-set.js';

interface VersionDiffProps {
  readonly address: PhaseAddress;
  readonly from: string;
  readonly to: string;
}

/** What differs between two versions of a test set, study by study. */
export function VersionDiff({ address, from, to }: VersionDiffProps) {
  const { data: diff, error } = useQuery(diffQuery(address, from, to));
  if (error) return <Failure error={error} />;
  return diff ? <Differences diff={diff} /> : <Loading />;
}

/** The same of a difference that is known already, as an import answers with it. */
export function Differences({ diff }: { readonly diff: TestSetDiff }) {
  const { t } = useTranslation('organise');
  const { relabelled } = diff;
  const lists = (['added', 'withdrawn', 'imagesChanged'] as const).filter((name) => diff[name].length > 0);
  if (relabelled.length === 0 && lists.length === 0) return <Text size="sm">{t('nothingDiffers')}</Text>;
  return (
    <>
      {relabelled.length > 0 && (
        <WideTable label={t('relabelled')} head={[t('study'), t('reader'), t('before'), t('after')]}>
          {relabelled.slice(0, mostShown).map(({ study, reader, from, to }) => (
            <Table.Tr key={`${study} ${reader}`}>
              <Table.Td className={styles.digest}>{study}</Table.Td>
              <Table.Td>{reader ?? t('goldStandard')}</Table.Td>
              <Table.Td>{t(`label_${from}`)}</Table.Td>
              <Table.Td>{t(`label_${to}`)}</Table.Td>
            </Table.Tr>
          ))}
        </WideTable>
      )}
      {lists.map((name) => (
        <details key={name}>
          <summary>{t(`${name}Count`, { count: diff[name].length })}</summary>
          <List size="sm" className={styles.digest}>
            {diff[name].slice(0, mostShown).map((study) => (
              <List.Item key={study}>{study}</List.Item>
            ))}
          </List>
          {diff[name].length > mostShown && (
            <Text size="sm">{t('andMore', { count: diff[name].length - mostShown })}</Text>
          )}
        </details>
      ))}
      {relabelled.length > mostShown && <Text size="sm">{t('andMore', { count: relabelled.length - mostShown })}</Text>}
    </>
  );
}

const mostShown = 500;
