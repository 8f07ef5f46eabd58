import type { StarterBundle } from '@holdout/contracts';
import { Button, FileButton, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { apiPath, nothing, request } from '../../../api/request.js';
import { starterBundlesPath } from '../../../api/starter-kit.js';
import { useFormat } from '../../../format/use-format.js';
import { ProblemReport } from '../../../parts/problem-report.js';
import { SectionCard } from '../../../parts/section-card.js';
import { sendArchive } from '../test-sets/send-archive.js';
import styles from './starter-kit.module.css';

export type Engine = StarterBundle['engine'];

interface StarterBundleCardProps {
  readonly competition: string;
  readonly engine: Engine;
  /** null where there is none of this engine. */
  readonly bundle: StarterBundle | null;
}

/** The sample bundle of an engine, and another in its place. Which engine a bundle has, its manifest says. */
export function StarterBundleCard({ competition, engine, bundle }: StarterBundleCardProps) {
  const { t } = useTranslation('organise');
  const { size, commas } = useFormat();
  const queries = useQueryClient();
  const readAnew = { onSuccess: () => queries.invalidateQueries({ queryKey: ['starter-kit', competition] }) };
  const set = useMutation({
    mutationFn: (archive: File) =>
      sendArchive(starterBundlesPath(competition), archive, {
        onProgress: () => {},
        signal: new AbortController().signal,
      }),
    ...readAnew,
  });
  const remove = useMutation({
    mutationFn: () =>
      request(apiPath('competitions', competition, 'starter-bundles', engine), nothing, { method: 'DELETE' }),
    ...readAnew,
  });
  const error = set.error ?? remove.error;
  return (
    <div className={styles.bundle}>
      <SectionCard title={t(`starter_${engine}`)}>
        <Text size="sm" role="status">
          {bundle ? commas([`“${bundle.name}”`, size(bundle.sizeBytes)]) : t('starterNone')}
        </Text>
        <Group>
          <FileButton accept=".zip,.tar,.gz,.tgz" onChange={(archive) => archive && set.mutate(archive)}>
            {(props) => (
              <Button {...props} variant="default" size="compact-sm" loading={set.isPending}>
                {bundle ? t('starterReplace') : t('starterSet')}
                <span className="heard">: {engine}</span>
              </Button>
            )}
          </FileButton>
          {bundle && (
            <Button variant="default" size="compact-sm" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t('starterRemove')}
              <span className="heard">: {engine}</span>
            </Button>
          )}
        </Group>
        {error && <ProblemReport error={error} />}
      </SectionCard>
    </div>
  );
}
