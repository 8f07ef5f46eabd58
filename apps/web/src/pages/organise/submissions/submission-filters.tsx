import type { Competition } from '@holdout/contracts';
import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type SubmissionSearch, standings, states } from './submission-search.js';

export type SearchChange = { readonly [Key in keyof SubmissionSearch]: string | undefined };

interface SubmissionFiltersProps {
  readonly competition: Competition;
  readonly search: SubmissionSearch;
  /** What is undefined is taken out. */
  readonly onSearch: (change: SearchChange) => void;
  readonly onClear: () => void;
}

/** Every filter of the list; what is chosen stands in the address, so that a link shows the same. */
export function SubmissionFilters({ competition, search, onSearch, onClear }: SubmissionFiltersProps) {
  const { t } = useTranslation('organise');
  const all = { value: '', label: t('all') };
  const choices = {
    phase: competition.phases.map(({ phase, title }) => ({ value: phase, label: title })),
    state: states.map((state) => ({ value: state, label: t(`state_${state}`) })),
    standing: standings.map((standing) => ({ value: standing, label: t(`standing_${standing}`) })),
  };
  return (
    <search>
      <Group align="end" gap="sm" mb="md">
        {(['phase', 'state', 'standing'] as const).map((name) => (
          <NativeSelect
            key={name}
            size="xs"
            label={t(name)}
            data={[all, ...choices[name]]}
            value={search[name] ?? ''}
            onChange={({ currentTarget: { value } }) => onSearch({ [name]: value || undefined })}
          />
        ))}
        {(['team', 'text'] as const).map((name) => (
          <TextInput
            key={name}
            size="xs"
            label={t(name)}
            value={search[name] ?? ''}
            onChange={({ currentTarget: { value } }) => onSearch({ [name]: value || undefined })}
          />
        ))}
        {(['from', 'to'] as const).map((name) => (
          <TextInput
            key={name}
            size="xs"
            type="date"
            label={t(name)}
            value={search[name] ?? ''}
            onChange={({ currentTarget: { value } }) => onSearch({ [name]: value || undefined })}
          />
        ))}
        {Object.keys(search).length > 0 && (
          <Button size="xs" variant="default" onClick={onClear}>
            {t('clearFilters')}
          </Button>
        )}
      </Group>
    </search>
  );
}
