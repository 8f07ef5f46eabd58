import type { SampleHeatMaps, Submission } from '@holdout/contracts';
import { Button, Group, NativeSelect } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { askForHeatMaps, heatMapsQuery } from '../../api/heat-maps.js';
import { useNames } from '../../format/use-names.js';
import { HeatStatus } from '../../heat-maps/heat-status.js';
import { SampleHeatMap } from '../../heat-maps/sample-heat-map.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import styles from './submission-page.module.css';

/** Where a model looks in the images of the phase's public sample. */
export function HeatMaps({ submission }: { readonly submission: Submission }) {
  const { t } = useTranslation('heatMaps');
  const isProgram = submission.engine === 'command';
  return (
    <section aria-labelledby="heat-maps" className={styles.section}>
      <h2 id="heat-maps">{t('title')}</h2>
      <p className={styles.note}>{t(isProgram ? 'ofProgram' : 'intro')}</p>
      {!isProgram && <OfSample id={submission.id} />}
    </section>
  );
}

function OfSample({ id }: { readonly id: string }) {
  const { t } = useTranslation('heatMaps');
  const { data, error, refetch } = useQuery(heatMapsQuery(id));
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading lines={3} />;
  if (data.studies.length === 0) return <p className={styles.note}>{t('noSample')}</p>;
  return <Studies id={id} maps={data} />;
}

function Studies({ id, maps }: { readonly id: string; readonly maps: SampleHeatMaps }) {
  const { t } = useTranslation('heatMaps');
  const names = useNames();
  const [chosen, setChosen] = useState({ study: maps.studies[0]?.study ?? '', view: 1 });
  const queries = useQueryClient();
  const ask = useMutation({
    mutationFn: (study?: string) => askForHeatMaps(id, study),
    onSuccess: (now) => queries.setQueryData(heatMapsQuery(id).queryKey, now),
  });
  const study = maps.studies.find((each) => each.study === chosen.study) ?? maps.studies[0];
  const status = study?.images[chosen.view - 1];
  if (!study || !status) return null;
  const isMissing = maps.studies.some(({ images }) => images.some(({ state }) => state === 'none'));
  return (
    <>
      <Group align="end" mb="sm">
        <NativeSelect
          label={t('study')}
          value={study.study}
          onChange={(event) => setChosen({ study: event.currentTarget.value, view: 1 })}
          data={maps.studies.map((each) => ({
            value: each.study,
            label: `${names.studyType(each.studyType)} · ${each.study}`,
          }))}
        />
        {study.images.length > 1 && (
          <Group gap="xs" role="group" aria-label={t('views')}>
            {study.images.map((_, place) => (
              <Button
                // biome-ignore lint/suspicious/noArrayIndexKey: a study's views are known by their places.
                key={place}
                variant={place + 1 === chosen.view ? 'filled' : 'default'}
                aria-pressed={place + 1 === chosen.view}
                onClick={() => setChosen({ study: study.study, view: place + 1 })}
              >
                {t('view', { number: place + 1 })}
              </Button>
            ))}
          </Group>
        )}
        {isMissing && (
          <Button variant="default" loading={ask.isPending} onClick={() => ask.mutate(undefined)}>
            {t('showAll')}
          </Button>
        )}
      </Group>
      {ask.error && <Failure error={ask.error} />}
      <HeatStatus status={status} isAsking={ask.isPending} onAsk={() => ask.mutate(study.study)} />
      {status.state === 'made' && (
        <SampleHeatMap key={`${study.study} ${chosen.view}`} id={id} view={{ ...chosen, study: study.study }} />
      )}
    </>
  );
}
