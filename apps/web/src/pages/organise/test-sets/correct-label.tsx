import type { TestSetEdit } from '@holdout/contracts';
import { Button, Group, Modal, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bySchema, request } from '../../../api/request.js';
import { ProblemReport } from '../../../parts/problem-report.js';
import { BoardChange } from './board-change.js';
import type { Study } from './filter-studies.js';
import { keyOf, type PhaseAddress, testSetPath } from './read-test-set.js';

const check = bySchema(({ testSetChangeSchema }) => testSetChangeSchema);

/** A label to be turned round, of a reader or of the gold standard itself; or a study to be taken out. */
export type Correction =
  | { readonly kind: 'relabel'; readonly reader?: string; readonly label: 0 | 1 }
  | { readonly kind: 'withdraw' };

interface CorrectLabelProps {
  readonly address: PhaseAddress;
  /** The version that is corrected. */
  readonly from: string;
  readonly study: Study;
  readonly correction: Correction;
  readonly onClose: () => void;
}

/** Corrects something of a study, with the reason; then shows the boards before and after. */
export function CorrectLabel({ address, from, study, correction, onClose }: CorrectLabelProps) {
  const { t } = useTranslation('organise');
  const queries = useQueryClient();
  const [note, setNote] = useState('');
  const edit = useMutation({
    mutationFn: () =>
      request(testSetPath(address, 'edits'), check, {
        method: 'POST',
        body: { edits: [toEdit(study.study, correction)], note },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [...keyOf(address), 'versions'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    edit.mutate();
  };
  const title = correction.kind === 'withdraw' ? t('withdrawStudy') : t('correctLabel');
  const closing = { 'aria-label': t('close') };
  if (edit.data) {
    const { rescored, rerun, diff } = edit.data;
    return (
      <Modal opened onClose={onClose} size="xl" title={title} closeButtonProps={closing}>
        <Text size="sm" mb="sm" role="status">
          {t('corrected')} {t('rescored', { count: rescored })} {t('rerunOnNew', { count: rerun })}
        </Text>
        <BoardChange address={address} from={from} to={diff.to} />
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={closing}>
      <form onSubmit={submit}>
        <Text size="sm" fw={600}>
          {study.source ?? study.study}
        </Text>
        <Text size="sm" mb="sm">
          {correction.kind === 'withdraw'
            ? t('explainWithdrawStudy')
            : t('explainCorrect', {
                reader: correction.reader ?? t('goldStandard'),
                from: t(`label_${correction.label === 1 ? 0 : 1}`),
                to: t(`label_${correction.label}`),
              })}
        </Text>
        <Textarea
          required
          autosize
          minRows={2}
          maxLength={1000}
          label={t('note')}
          description={t('noteFor')}
          value={note}
          onChange={({ currentTarget: { value } }) => setNote(value)}
          data-autofocus
        />
        {edit.error && <ProblemReport error={edit.error} />}
        <Group justify="end" mt="md">
          <Button variant="default" onClick={onClose}>
            {t('goBack')}
          </Button>
          <Button type="submit" loading={edit.isPending}>
            {title}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function toEdit(study: string, correction: Correction): TestSetEdit {
  if (correction.kind === 'withdraw') return { withdraw: study };
  const { reader, label } = correction;
  return { relabel: study, label, ...(reader === undefined ? {} : { reader }) };
}
