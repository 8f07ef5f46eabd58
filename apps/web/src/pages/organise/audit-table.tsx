import type { auditRecordSchema } from '@holdout/contracts';
import { Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import { useFormat } from '../../format/use-format.js';
import { WideTable } from '../../parts/wide-table.js';
import { actWords } from './act-words.js';
import styles from './organise.module.css';

type Act = z.infer<typeof auditRecordSchema>;

/** Each act with who did it, what to, and what stood there before and after. */
export function AuditTable({ acts }: { readonly acts: readonly Act[] }) {
  const { t } = useTranslation('organise');
  const { dateTime } = useFormat();
  const nameOf = (action: string) => (isKnown(action) ? t(actWords[action]) : action);
  return (
    <WideTable label={t('log')} head={[t('time'), t('who'), t('what'), t('toWhat'), t('details')]}>
      {acts.map(({ id, at, actor, action, subject, before, after }) => (
        <Table.Tr key={id}>
          <Table.Td>
            <time dateTime={at}>{dateTime(at)}</time>
          </Table.Td>
          <Table.Td>{actor}</Table.Td>
          <Table.Td>{nameOf(action)}</Table.Td>
          <Table.Td className={styles.digest}>{subject}</Table.Td>
          <Table.Td>
            <details>
              <summary>{summarise(after) || t('details')}</summary>
              <pre className={`${styles.digest} ${styles.value}`}>{JSON.stringify({ before, after }, null, 1)}</pre>
            </details>
          </Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}

function isKnown(action: string): action is keyof typeof actWords {
  return action in actWords;
}

const longestShown = 64;

/** The short values of an act on one line, with digests as short as people compare them. */
function summarise(after: unknown): string {
  if (typeof after !== 'object' || after === null) return '';
  return Object.values(after)
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map((value) => (/^[0-9a-f]{64}$/.test(String(value)) ? String(value).slice(0, 8) : String(value)))
    .filter((value) => value.length <= longestShown)
    .join(' · ');
}
