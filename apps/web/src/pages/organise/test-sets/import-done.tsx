import type { NewTestSetImport, TestSetImport } from '@holdout/contracts';
import { Alert, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../format/use-format.js';
import { BoardChange } from './board-change.js';
import type { PhaseAddress } from './read-test-set.js';
import { Differences } from './version-diff.js';

interface ImportDoneProps {
  readonly address: PhaseAddress;
  readonly imported: TestSetImport | NewTestSetImport;
}

/** What came in, and what it sets going. */
export function ImportDone({ address, imported }: ImportDoneProps) {
  const { t } = useTranslation('organise');
  const { list } = useFormat();
  const { studies, images, goldReaders, skipped } = imported;
  return (
    <Stack>
      <Alert role="status" color="teal" title={t('imported')}>
        <Text size="sm">{t('importedCounts', { studies, images })}</Text>
        {goldReaders.length > 0 && <Text size="sm">{t('importedGold', { readers: list(goldReaders) })}</Text>}
        {skipped.length > 0 && <Text size="sm">{t('importedSkipped', { files: list(skipped.slice(0, 10)) })}</Text>}
        {'testSet' in imported ? (
          <Text size="sm">{t('importedNew', { testSet: imported.testSet })}</Text>
        ) : (
          <Text size="sm">
            {t('rescored', { count: imported.rescored })} {t('rerunOnNew', { count: imported.rerun })}
          </Text>
        )}
      </Alert>
      {'diff' in imported && (
        <>
          <Title order={2} size="h4">
            {t('differences')}
          </Title>
          <Differences diff={imported.diff} />
          <Title order={2} size="h4">
            {t('boardsBeforeAfter')}
          </Title>
          <BoardChange address={address} from={imported.diff.from} to={imported.diff.to} />
        </>
      )}
    </Stack>
  );
}
