import type { Competition, FilteredSubmission } from '@holdout/contracts';
import { Anchor, Badge, Progress, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../format/use-format.js';
import { useServerWords } from '../../../i18n/use-server-words.js';
import { WideTable } from '../../../parts/wide-table.js';
import { SubmissionActs } from './submission-acts.js';

interface SubmissionTableProps {
  readonly competition: Competition;
  readonly submissions: readonly FilteredSubmission[];
}

/** A row for each submission: whose it is, how far it is or why it ended, and what can be done. */
export function SubmissionTable({ competition, submissions }: SubmissionTableProps) {
  const { t } = useTranslation('organise');
  const head = [t('submitted'), t('team'), t('model'), t('phase'), t('state'), 'κ', t('standing'), t('acts')];
  return (
    <WideTable label={t('submissions')} head={head}>
      {submissions.map((submission) => (
        <SubmissionRow key={submission.id} competition={competition} submission={submission} />
      ))}
    </WideTable>
  );
}

interface SubmissionRowProps {
  readonly competition: Competition;
  readonly submission: FilteredSubmission;
}

function SubmissionRow({ competition, submission }: SubmissionRowProps) {
  const { t } = useTranslation('organise');
  const { dateTime } = useFormat();
  const { id, team, name, engine, phase, kappa, standing, standingReason, submittedAt } = submission;
  return (
    <Table.Tr>
      <Table.Td>
        <time dateTime={submittedAt}>{dateTime(submittedAt)}</time>
      </Table.Td>
      <Table.Td>{team}</Table.Td>
      <Table.Td>
        <Anchor href={`/submissions/${id}`} fz="sm">
          {name}
        </Anchor>
        <Text size="xs" c="dimmed">
          {engine ?? t('predictionsOnly')}
        </Text>
      </Table.Td>
      <Table.Td>{competition.phases.find((each) => each.phase === phase)?.title ?? phase}</Table.Td>
      <Table.Td maw={320}>
        <StateCell submission={submission} />
      </Table.Td>
      <Table.Td>{kappa?.toFixed(3) ?? '—'}</Table.Td>
      <Table.Td maw={240}>
        {t(`standing_${standing}`)}
        {standingReason && (
          <Text size="xs" c="dimmed">
            {standingReason}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <SubmissionActs competition={competition.competition} submission={submission} />
      </Table.Td>
    </Table.Tr>
  );
}

const colours = { scored: 'teal', rejected: 'orange', failed: 'red', cancelled: 'gray' } as const;

function StateCell({ submission: { state, progress, reason, name } }: { readonly submission: FilteredSubmission }) {
  const { t } = useTranslation('organise');
  const { sayReason } = useServerWords();
  const colour = state in colours ? colours[state as keyof typeof colours] : 'blue';
  const percent = progress && progress.imagesTotal > 0 ? (100 * progress.imagesDone) / progress.imagesTotal : null;
  return (
    <>
      <Badge variant="outline" color={colour} tt="none" c="var(--mantine-color-text)">
        {t(`state_${state}`)}
      </Badge>
      {percent !== null && (state === 'running' || state === 'checking') && (
        <Progress value={percent} size="xs" mt={4} aria-label={t('progressOf', { name })} />
      )}
      {reason && (
        <Text size="xs" c="dimmed">
          {sayReason(reason).message}
        </Text>
      )}
    </>
  );
}
