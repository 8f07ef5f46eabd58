import type { FilteredSubmission } from '@holdout/contracts';
import { Button, Group, Modal, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { apiPath, nothing, request } from '../../../api/request.js';
import { Failure } from '../../../parts/failure.js';

export type SubmissionAct = 'rerun' | 'cancel' | 'withdraw' | 'disqualify' | 'restore';

interface ActDialogProps {
  readonly competition: string;
  readonly submission: FilteredSubmission;
  readonly act: SubmissionAct;
  readonly onClose: () => void;
}

/** Says what an act does, and to what, before it is done. */
export function ActDialog({ competition, submission, act, onClose }: ActDialogProps) {
  const { t } = useTranslation('organise');
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const perform = useMutation({
    mutationFn: () =>
      request(apiPath('submissions', submission.id, act), nothing, {
        method: 'POST',
        ...(act === 'disqualify' ? { body: { reason } } : {}),
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['organise', competition] });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    perform.mutate();
  };
  const { team, name } = submission;
  return (
    <Modal opened onClose={onClose} title={t(`act_${act}`)} closeButtonProps={{ 'aria-label': t('close') }}>
      <form onSubmit={submit}>
        <Text size="sm" fw={600}>
          {t('ofTeam', { name, team })}
        </Text>
        <Text size="sm" mb="sm">
          {t(`explain_${act}`)}
        </Text>
        {act === 'disqualify' && (
          <Textarea
            required
            autosize
            minRows={2}
            maxLength={1000}
            label={t('reasonToTeam')}
            value={reason}
            onChange={({ currentTarget: { value } }) => setReason(value)}
            data-autofocus
          />
        )}
        {perform.error && <Failure error={perform.error} />}
        <Group justify="end" mt="md">
          <Button variant="default" onClick={onClose}>
            {t('goBack')}
          </Button>
          <Button type="submit" loading={perform.isPending} color={act === 'disqualify' ? 'red.9' : 'petrol'}>
            {t(`act_${act}`)}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
