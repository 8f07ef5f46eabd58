import { Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../../format/use-names.js';
import type { Study, StudyFilter } from './filter-studies.js';

interface StudyFiltersProps {
  readonly studies: readonly Study[];
  readonly filter: StudyFilter;
  readonly onFilter: (filter: StudyFilter) => void;
  readonly found: number;
}

export function StudyFilters({ studies, filter, onFilter, found }: StudyFiltersProps) {
  const { t } = useTranslation('organise');
  const names = useNames();
  const types = [...new Set(studies.map(({ studyType }) => studyType))].sort();
  const all = { value: '', label: t('all') };
  return (
    <search>
      <Group align="end" gap="sm" mb="sm">
        <TextInput
          size="xs"
          label={t('findStudy')}
          value={filter.text}
          onChange={({ currentTarget: { value: text } }) => onFilter({ ...filter, text })}
        />
        <NativeSelect
          size="xs"
          label={t('studyType')}
          value={filter.studyType}
          onChange={({ currentTarget: { value: studyType } }) => onFilter({ ...filter, studyType })}
          data={[all, ...types.map((type) => ({ value: type, label: names.studyType(type) }))]}
        />
        <NativeSelect
          size="xs"
          label={t('goldLabel')}
          value={filter.label}
          onChange={({ currentTarget: { value } }) => onFilter({ ...filter, label: value as StudyFilter['label'] })}
          data={[
            all,
            { value: '0', label: t('label_0') },
            { value: '1', label: t('label_1') },
            { value: 'disputed', label: t('disputed') },
          ]}
        />
        <Text size="sm" c="dimmed" role="status">
          {t('studiesFound', { count: found, total: studies.length })}
        </Text>
      </Group>
    </search>
  );
}
