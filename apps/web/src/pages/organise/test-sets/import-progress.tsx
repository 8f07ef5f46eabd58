import { Progress, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** How much of an archive is sent; and when all of it is, that the server reads every image of it. */
export function ImportProgress({ sentShare }: { readonly sentShare: number }) {
  const { t } = useTranslation('organise');
  const percent = Math.floor(sentShare * 100);
  const isSent = sentShare >= 1;
  return (
    <div role="status">
      <Text size="sm" mb={4}>
        {isSent ? t('readingArchive') : t('sendingArchive', { percent })}
      </Text>
      <Progress value={percent} animated={isSent} aria-label={t('import')} />
    </div>
  );
}
