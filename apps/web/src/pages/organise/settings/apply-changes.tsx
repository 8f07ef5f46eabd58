import type { CompetitionChanges } from '@holdout/contracts';
import { Alert, Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { apiPath, bySchema, request } from '../../../api/request.js';
import { ProblemReport } from '../../../parts/problem-report.js';
import { WideTable } from '../../../parts/wide-table.js';
import styles from '../organise.module.css';
import type { CompetitionDraft } from './competition-draft.js';

const check = bySchema(({ competitionChangesSchema }) => competitionChangesSchema);

interface ApplyChangesProps {
  readonly slug: string;
  /** null while it can't be read. */
  readonly draft: CompetitionDraft | null;
  /** Is told how many changes were applied. */
  readonly onApplied: (changes: number) => void;
}

/** First asks the server what a draft would change, then lets it; only what was shown is applied. */
export function ApplyChanges({ slug, draft, onApplied }: ApplyChangesProps) {
  const { t } = useTranslation('organise');
  const queries = useQueryClient();
  const [shown, setShown] = useState<CompetitionDraft | null>(null);
  const put = (body: CompetitionDraft, dryRun: boolean) =>
    request(`${apiPath('competitions', slug)}?dryRun=${dryRun}`, check, { method: 'PUT', body });
  const compare = useMutation({
    mutationFn: (asked: CompetitionDraft) => put(asked, true),
    onSuccess: (_, asked) => setShown(asked),
  });
  const apply = useMutation({
    mutationFn: (asked: CompetitionDraft) => put(asked, false),
    onSuccess: async ({ changes: done }) => {
      await queries.invalidateQueries({ queryKey: ['competitions'] });
      await queries.invalidateQueries({ queryKey: ['organise', slug, 'file'] });
      onApplied(done.length);
    },
  });
  const isShown = shown !== null && shown === draft && compare.data !== undefined;
  const changes = isShown ? compare.data.changes : [];
  return (
    <Stack mt="md" gap="sm">
      <Group>
        <Button
          variant={changes.length > 0 ? 'default' : 'filled'}
          disabled={draft === null}
          loading={compare.isPending}
          onClick={() => draft && compare.mutate(draft)}
        >
          {t('showChanges')}
        </Button>
        {changes.length > 0 && (
          <Button loading={apply.isPending} onClick={() => draft && apply.mutate(draft)}>
            {t('applyChanges', { count: changes.length })}
          </Button>
        )}
      </Group>
      {compare.error && <ProblemReport error={compare.error} />}
      {apply.error && <ProblemReport error={apply.error} />}
      {isShown && changes.length === 0 && <Alert role="status" color="petrol" title={t('nothingChanges')} />}
      {changes.length > 0 && <ChangeTable changes={changes} />}
    </Stack>
  );
}

/** What the server says would change, each with what stands there now. */
function ChangeTable({ changes }: { readonly changes: CompetitionChanges['changes'] }) {
  const { t } = useTranslation('organise');
  return (
    <>
      <Title order={2} size="h4">
        {t('wouldChange')}
      </Title>
      <WideTable label={t('wouldChange')} head={[t('field'), t('before'), t('after')]}>
        {changes.map(({ path, from, to }) => (
          <Table.Tr key={path}>
            <Table.Td className={styles.digest}>{path}</Table.Td>
            <Table.Td className={styles.value}>
              <del>{write(from)}</del>
            </Table.Td>
            <Table.Td className={styles.value}>
              <ins>{write(to)}</ins>
            </Table.Td>
          </Table.Tr>
        ))}
      </WideTable>
      <Text size="xs" c="dimmed">
        {t('unitsInDiff')}
      </Text>
    </>
  );
}

function write(value: unknown): string {
  if (value === null || value === undefined) return '—';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
}
