import {
  Checkbox,
  Fieldset,
  Group,
  NativeSelect,
  NumberInput,
  SimpleGrid,
  Stack,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PhaseDraft } from './competition-draft.js';
import { MomentInput } from './moment-input.js';
import { RankingFields } from './ranking-fields.js';
import { ReleaseFields } from './release-fields.js';
import { readQuantity } from './units.js';

interface PhaseFormProps {
  readonly phase: PhaseDraft;
  readonly onPhase: (phase: PhaseDraft) => void;
}

const quotas = ['perDay', 'total', 'atOnce'] as const;
const limits = ['time', 'memory', 'bundleSize', 'cpuTime', 'scratch', 'fileSize', 'output', 'log'] as const;
const countLimits = ['processes', 'openFiles'] as const;

/** The settings of a phase. Its name, visibility and test set are for the file: most changes of them break history. */
export function PhaseForm({ phase, onPhase }: PhaseFormProps) {
  const { t } = useTranslation('organise');
  const set = (change: Partial<PhaseDraft>) => onPhase({ ...phase, ...change });
  return (
    <Stack>
      <TextInput
        required
        label={t('title')}
        value={phase.title}
        onChange={({ currentTarget: { value: title } }) => set({ title })}
      />
      <Textarea
        autosize
        minRows={2}
        label={t('description')}
        value={phase.description ?? ''}
        onChange={({ currentTarget: { value: description } }) => set({ description })}
      />
      <Checkbox
        label={t('sampleInKit')}
        description={t('sampleInKitHelp')}
        checked={phase.sampleInKit ?? true}
        onChange={({ currentTarget: { checked: sampleInKit } }) => set({ sampleInKit })}
      />
      <Group grow>
        <MomentInput label={t('opens')} value={phase.opens ?? null} onChange={(opens) => set({ opens })} />
        <MomentInput label={t('closes')} value={phase.closes ?? null} onChange={(closes) => set({ closes })} />
      </Group>
      <Fieldset legend={t('quotas')}>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          {quotas.map((quota) => (
            <NumberInput
              key={quota}
              min={1}
              allowDecimal={false}
              label={t(`quota_${quota}`)}
              placeholder={t('noLimit')}
              value={phase.quotas?.[quota] ?? ''}
              onChange={(value) => set({ quotas: { ...phase.quotas, [quota]: value === '' ? null : Number(value) } })}
            />
          ))}
        </SimpleGrid>
      </Fieldset>
      <Group grow align="flex-start">
        <NumberInput
          min={-10}
          max={10}
          allowDecimal={false}
          label={t('priority')}
          description={t('priorityForm')}
          value={phase.priority ?? 0}
          onChange={(value) => set({ priority: Number(value) })}
        />
        <NativeSelect
          label={t('hardware')}
          description={t('hardwareForm')}
          value={phase.hardware ?? 'cpu'}
          onChange={({ currentTarget: { value } }) => set({ hardware: value === 'gpu' ? 'gpu' : 'cpu' })}
          data={(['cpu', 'gpu'] as const).map((value) => ({ value, label: t(`hardware_${value}`) }))}
        />
      </Group>
      <Fieldset legend={t('limits')}>
        <SimpleGrid cols={{ base: 1, xs: 2, sm: 4 }}>
          {limits.map((limit) => (
            <TextInput
              key={limit}
              label={t(`limit_${limit}`)}
              placeholder={limit === 'cpuTime' ? t('noLimit') : ''}
              value={String(phase.limits?.[limit] ?? '')}
              onChange={({ currentTarget: { value } }) => {
                const typed = limit === 'cpuTime' && value.trim() === '' ? null : readQuantity(value);
                set({ limits: { ...phase.limits, [limit]: typed } });
              }}
            />
          ))}
          {countLimits.map((limit) => (
            <NumberInput
              key={limit}
              min={1}
              allowDecimal={false}
              label={t(`limit_${limit}`)}
              value={phase.limits?.[limit] ?? ''}
              onChange={(value) => set({ limits: { ...phase.limits, [limit]: Number(value) } })}
            />
          ))}
        </SimpleGrid>
      </Fieldset>
      {phase.goldReaders && (
        <TagsInput
          label={t('goldReaders')}
          description={t('goldReadersForm')}
          value={phase.goldReaders}
          onChange={(goldReaders) => set({ goldReaders })}
        />
      )}
      <RankingFields phase={phase} onPhase={set} />
      <ReleaseFields release={phase.release ?? {}} onRelease={(release) => set({ release })} />
    </Stack>
  );
}
