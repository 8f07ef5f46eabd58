import type { Competition } from '@holdout/contracts';
import { Button, Group, Modal, NativeSelect, Radio, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { apiPath, bySchema, request } from '../../../api/request.js';
import { Failure } from '../../../parts/failure.js';

const check = bySchema(({ rerunSchema }) => rerunSchema);
const choices = ['failed', 'entries', 'all'] as const;

/** Runs many submissions of a phase anew: after a worker was mended, or an engine changed. */
export function RerunPhase({ competition }: { readonly competition: Competition }) {
  const { t } = useTranslation('organise');
  const queries = useQueryClient();
  const [opened, setOpened] = useState(false);
  const [phase, setPhase] = useState(competition.phases[0]?.phase ?? '');
  const [which, setWhich] = useState<(typeof choices)[number]>('failed');
  const rerun = useMutation({
    mutationFn: () =>
      request(apiPath('competitions', competition.competition, 'phases', phase, 'rerun'), check, {
        method: 'POST',
        body: { which },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['organise', competition.competition] }),
  });
  const close = () => {
    setOpened(false);
    rerun.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rerun.mutate();
  };
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpened(true)}>
        {t('rerunPhase')}
      </Button>
      <Modal opened={opened} onClose={close} title={t('rerunPhase')} closeButtonProps={{ 'aria-label': t('close') }}>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <NativeSelect
              label={t('phase')}
              value={phase}
              onChange={({ currentTarget: { value } }) => setPhase(value)}
              data={competition.phases.map((each) => ({ value: each.phase, label: each.title }))}
            />
            <Radio.Group
              label={t('which')}
              value={which}
              onChange={(value) => setWhich(choices.find((each) => each === value) ?? 'failed')}
            >
              <Stack gap={4} mt={4}>
                {choices.map((each) => (
                  <Radio key={each} value={each} label={t(`rerun_${each}`)} />
                ))}
              </Stack>
            </Radio.Group>
            <Text size="sm">{t('explain_rerun')}</Text>
            {rerun.error && <Failure error={rerun.error} />}
            {rerun.data && (
              <Text size="sm" role="status">
                {t('rerunBegun', { count: rerun.data.begun })}
              </Text>
            )}
            <Group justify="end">
              <Button variant="default" onClick={close}>
                {rerun.data ? t('close') : t('goBack')}
              </Button>
              {!rerun.data && (
                <Button type="submit" loading={rerun.isPending}>
                  {t('act_rerun')}
                </Button>
              )}
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
