import type { testSetVersionsSchema } from '@holdout/contracts';
import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import { useFormat } from '../../../format/use-format.js';

export type Version = z.infer<typeof testSetVersionsSchema>['versions'][number];

interface VersionSelectProps {
  readonly versions: readonly Version[];
  readonly value: string;
  readonly onChange: (version: string) => void;
  readonly label?: string;
}

/** Chooses among the versions of a test set, by when each came and what it is now. */
export function VersionSelect({ versions, value, onChange, label }: VersionSelectProps) {
  const { t } = useTranslation('organise');
  const describe = useVersionWords();
  return (
    <NativeSelect
      size="xs"
      mb="sm"
      maw={420}
      label={label ?? t('version')}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      data={versions.map((version) => ({ value: version.version, label: describe(version) }))}
    />
  );
}

/** `0123abcd, present, since 1 Mar 2026`. */
function useVersionWords(): (version: Version) => string {
  const { t } = useTranslation('organise');
  const { dateTime, commas } = useFormat();
  return ({ version, role, currentFrom }) => {
    const since = currentFrom && t('since', { time: dateTime(currentFrom) });
    return commas([version.slice(0, 8), t(`role_${role}`), since]);
  };
}
