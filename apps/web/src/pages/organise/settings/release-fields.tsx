import { Checkbox, Fieldset, Group, NativeSelect, NumberInput, SimpleGrid } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PhaseDraft } from './competition-draft.js';
import { MomentInput } from './moment-input.js';

type ReleaseDraft = NonNullable<PhaseDraft['release']>;

const choices = {
  scores: ['exact', 'ladder'],
  failures: ['kind', 'failed'],
  board: ['live', 'hidden', 'frozen'],
} as const;

interface ReleaseFieldsProps {
  readonly release: ReleaseDraft;
  readonly onRelease: (release: ReleaseDraft) => void;
}

/** How much of the scores is told, and when. */
export function ReleaseFields({ release, onRelease }: ReleaseFieldsProps) {
  const { t } = useTranslation('organise');
  const set = (change: ReleaseDraft) => onRelease({ ...release, ...change });
  const select = <Name extends keyof typeof choices>(name: Name) => (
    <NativeSelect
      label={t(`release_${name}`)}
      value={release[name] ?? choices[name][0]}
      onChange={({ currentTarget: { value } }) => set({ [name]: value })}
      data={choices[name].map((each) => ({ value: each, label: t(`release_${name}_${each}` as 'release_board_live') }))}
    />
  );
  return (
    <Fieldset legend={t('release')}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {select('scores')}
        <NumberInput
          min={1}
          max={6}
          allowDecimal={false}
          label={t('decimals')}
          placeholder={t('allDecimals')}
          value={release.decimals ?? ''}
          onChange={(value) => set({ decimals: value === '' ? null : Number(value) })}
        />
        {select('board')}
        {select('failures')}
        <MomentInput label={t('boardFrom')} value={release.from ?? null} onChange={(from) => set({ from })} />
        <MomentInput label={t('final')} value={release.final ?? null} onChange={(final) => set({ final })} />
      </SimpleGrid>
      <Group mt="sm">
        {(['studyTypes', 'intervals'] as const).map((name) => (
          <Checkbox
            key={name}
            label={t(`release_${name}`)}
            checked={release[name] ?? true}
            onChange={({ currentTarget: { checked } }) => set({ [name]: checked })}
          />
        ))}
      </Group>
    </Fieldset>
  );
}
