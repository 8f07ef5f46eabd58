import type { auditRecordSchema } from '@holdout/contracts';
import { listChanges } from '@holdout/contracts/list-changes';
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
              <summary>{summarise(before, after) || t('details')}</summary>
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
const mostShown = 4;

/** What changed on one line; of what is new, its short values. */
function summarise(before: unknown, after: unknown): string {
  const changes = listChanges(before, after);
  const shown = changes
    .filter(({ from, to }) => before !== null || (isShort(to) && from === null))
    .slice(0, mostShown)
    .map(({ path, from, to }) => (before === null ? show(to) : `${path}: ${show(from)} → ${show(to)}`));
  return [...shown, ...(before !== null && changes.length > mostShown ? ['…'] : [])].join(' · ');
}

function isShort(value: unknown): boolean {
  const isText = typeof value === 'string' && value.length <= longestShown && !isId(value);
  return isText || typeof value === 'number';
}

/** A digest is as short as people compare it. */
function show(value: unknown): string {
  if (value === null) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (/^[0-9a-f]{64}$/.test(text)) return text.slice(0, 8);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text);
}
