import { Progress, SimpleGrid, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { FactList } from './fact-list.js';
import { installationQuery } from './read-operation.js';

/** The room that data takes, and the versions of what runs. */
export function InstallationFacts() {
  const { t } = useTranslation('operate');
  const { size, list } = useFormat();
  const { data, error, refetch } = useQuery(installationQuery);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  const { versions, storage } = data;
  const { bundles, images, databaseBytes, disk } = storage;
  const files = (each: typeof bundles) => t('files', { count: each.files, size: size(each.sizeBytes) });
  const usedPercent = disk ? (100 * (disk.sizeBytes - disk.freeBytes)) / disk.sizeBytes : null;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
      <section aria-labelledby="storage">
        <Title order={2} size="h3" mb="xs" id="storage">
          {t('storage')}
        </Title>
        <FactList
          facts={[
            [t('bundles'), files(bundles)],
            [t('hiddenImages'), files(images)],
            [t('database'), size(databaseBytes)],
            ...(disk
              ? [[t('diskFree'), t('ofDisk', { free: size(disk.freeBytes), all: size(disk.sizeBytes) })] as const]
              : []),
          ]}
        />
        {usedPercent !== null && (
          <>
            <Progress value={usedPercent} mt="xs" aria-label={t('diskUsed')} />
            <Text size="xs" c="dimmed">
              {t('diskUsed')}: {Math.round(usedPercent)} %
            </Text>
          </>
        )}
      </section>
      <section aria-labelledby="versions">
        <Title order={2} size="h3" mb="xs" id="versions">
          {t('versions')}
        </Title>
        <FactList
          facts={[
            ['Holdout', versions.holdout],
            ['Node', versions.node],
            ['Postgres', versions.postgres],
            [t('engines'), versions.engines.length === 0 ? '—' : list(versions.engines)],
          ]}
        />
      </section>
    </SimpleGrid>
  );
}
