import type { Worker, WorkerMode } from '@holdout/contracts';
import { Anchor, Badge, Button, Group, Table, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import { Failure } from '../../parts/failure.js';
import { setWorkerMode, workersQuery } from './read-operation.js';
import { stateOf } from './worker-state.js';

const colours = {
  working: 'blue',
  waiting: 'teal',
  paused: 'orange',
  draining: 'orange',
  drained: 'gray',
  lost: 'red',
};

/** One worker, and what can be asked of it. */
export function WorkerRow({ worker }: { readonly worker: Worker }) {
  const { t } = useTranslation('operate');
  const { relative, dateTime } = useFormat();
  const state = stateOf(worker);
  return (
    <Table.Tr>
      <Table.Td>
        {t(`kind_${worker.kind}`)}
        <Text size="xs" c="dimmed">
          {worker.name}
        </Text>
      </Table.Td>
      <Table.Td>
        <MachineFacts worker={worker} />
      </Table.Td>
      <Table.Td>
        <Work worker={worker} />
      </Table.Td>
      <Table.Td>
        <time dateTime={worker.lastSeenAt}>{relative(worker.lastSeenAt)}</time>
        <Text size="xs" c="dimmed">
          {t('startedAt', { time: dateTime(worker.startedAt) })}
        </Text>
      </Table.Td>
      <Table.Td>
        <Badge variant="outline" color={colours[state]} tt="none" c="var(--mantine-color-text)">
          {t(`state_${state}`)}
        </Badge>
      </Table.Td>
      <Table.Td>
        <ModeButtons worker={worker} />
      </Table.Td>
    </Table.Tr>
  );
}

function MachineFacts({ worker: { machine, description } }: { readonly worker: Worker }) {
  const { t } = useTranslation('operate');
  const { size, list, commas } = useFormat();
  const { processor, cores, memoryBytes, gpuDevices, sandbox } = description;
  return (
    <>
      {machine}
      <Text size="xs" c="dimmed">
        {commas([processor, t('cores', { count: cores }), size(memoryBytes)])}
      </Text>
      <Text size="xs" c="dimmed">
        {gpuDevices.length === 0 ? t('noGpu') : list(gpuDevices)}
        {sandbox !== null && ` · ${t('sandbox', { sandbox })}`}
      </Text>
    </>
  );
}

function Work({ worker: { work } }: { readonly worker: Worker }) {
  const { t } = useTranslation('operate');
  const { relative, commas } = useFormat();
  if (work.length === 0) return <Text size="sm">{t('nothing')}</Text>;
  return work.map(({ submissionId, name, team, state, since, imagesDone, imagesTotal }) => (
    <div key={submissionId}>
      <Anchor href={`/submissions/${submissionId}`} fz="sm">
        {name}
      </Anchor>{' '}
      · {team}
      <Text size="xs" c="dimmed">
        {commas([
          t(`stage_${state}`),
          imagesDone !== null && imagesTotal !== null && t('images', { done: imagesDone, total: imagesTotal }),
        ])}{' '}
        · {relative(since)}
      </Text>
    </div>
  ));
}

function ModeButtons({ worker }: { readonly worker: Worker }) {
  const { t } = useTranslation('operate');
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (mode: WorkerMode) => setWorkerMode(worker.id, mode),
    onSuccess: () => queries.invalidateQueries({ queryKey: workersQuery.queryKey }),
  });
  const modes = worker.mode === 'working' ? (['paused', 'draining'] as const) : (['working'] as const);
  return (
    <>
      <Group gap={6} wrap="nowrap">
        {modes.map((mode) => (
          <Button
            key={mode}
            size="compact-xs"
            variant="default"
            loading={change.isPending && change.variables === mode}
            aria-label={t(`to_${mode}_of`, { name: worker.name })}
            onClick={() => change.mutate(mode)}
          >
            {t(`to_${mode}`)}
          </Button>
        ))}
      </Group>
      {change.error && <Failure error={change.error} />}
    </>
  );
}
