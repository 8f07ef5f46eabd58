import type { TestSetContents } from '@holdout/contracts';
import { Button, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { WideTable } from '../../../parts/wide-table.js';
import type { Correction } from './correct-label.js';
import type { Study } from './filter-studies.js';

interface LabelTableProps {
  readonly contents: TestSetContents;
  readonly study: Study;
  /** null where nothing can be corrected. */
  readonly onCorrect: ((correction: Correction) => void) | null;
}

/** Who said what of a study; those whose majority is the gold standard are marked. */
export function LabelTable({ contents: { goldReaders }, study, onCorrect }: LabelTableProps) {
  const { t } = useTranslation('organise');
  const readers = Object.entries(study.readerLabels);
  const head = [t('reader'), t('label'), ...(onCorrect ? [t('acts')] : [])];
  return (
    <WideTable label={t('labelsOf', { study: study.study })} head={head}>
      <Table.Tr fw={600}>
        <Table.Td>{t('goldStandard')}</Table.Td>
        <Table.Td>{t(`label_${study.goldLabel}`)}</Table.Td>
        {onCorrect && (
          <Table.Td>
            {goldReaders.length === 0 ? (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={t('correctLabelOf', { reader: t('goldStandard') })}
                onClick={() => onCorrect({ kind: 'relabel', label: study.goldLabel === 1 ? 0 : 1 })}
              >
                {t('correct')}
              </Button>
            ) : (
              <Text size="xs" c="dimmed">
                {t('majority')}
              </Text>
            )}
          </Table.Td>
        )}
      </Table.Tr>
      {readers.map(([reader, label]) => (
        <Table.Tr key={reader}>
          <Table.Td>
            {reader}
            {goldReaders.includes(reader) && (
              <Text span size="xs" c="dimmed">
                {' '}
                · {t('goldReader')}
              </Text>
            )}
          </Table.Td>
          <Table.Td>{t(`label_${label}`)}</Table.Td>
          {onCorrect && (
            <Table.Td>
              <Button
                size="compact-xs"
                variant="default"
                aria-label={t('correctLabelOf', { reader })}
                onClick={() => onCorrect({ kind: 'relabel', reader, label: label === 1 ? 0 : 1 })}
              >
                {t('correct')}
              </Button>
            </Table.Td>
          )}
        </Table.Tr>
      ))}
    </WideTable>
  );
}
