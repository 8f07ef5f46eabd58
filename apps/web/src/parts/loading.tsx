import { Skeleton, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Grey lines where something will stand soon. */
export function Loading({ lines = 4 }: { readonly lines?: number }) {
  const { t } = useTranslation('shell');
  return (
    <Stack role="status" gap="xs">
      <span className="heard">{t('loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={String(line)} height={28} />
      ))}
    </Stack>
  );
}
