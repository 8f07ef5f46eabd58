import type { HeatMap } from '@holdout/contracts';
import { NativeSelect, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { HeatLegend } from '../../../heat-maps/heat-legend.js';
import { HeatStatus } from '../../../heat-maps/heat-status.js';
import { Failure } from '../../../parts/failure.js';
import { Loading } from '../../../parts/loading.js';
import { askForHiddenHeatMap, type HiddenView, hiddenHeatMapQuery, scoredModelsQuery } from './read-heat-map.js';
import type { PhaseAddress } from './read-test-set.js';

/** What is laid over an image. */
export interface Overlay {
  /** The submission's; empty: none is chosen. */
  readonly submission: string;
  readonly map: HeatMap | null;
  readonly opacity: number;
}

interface HiddenHeatMapProps {
  readonly address: PhaseAddress;
  readonly view: Omit<HiddenView, 'submission'>;
  readonly overlay: Overlay;
  readonly onOverlay: (overlay: Overlay) => void;
}

/** Chooses a submission whose heat map is laid over the image that is looked at, and says what it says. */
export function HiddenHeatMap({ address, view, overlay, onOverlay }: HiddenHeatMapProps) {
  const { t } = useTranslation('heatMaps');
  const { data: models, error, refetch } = useQuery(scoredModelsQuery(address));
  if (error && !models) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!models) return <Loading lines={1} />;
  if (models.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('noSubmission')}
      </Text>
    );
  }
  const { submission } = overlay;
  return (
    <Stack gap="xs">
      <NativeSelect
        label={t('ofSubmission')}
        value={submission}
        onChange={(event) => onOverlay({ ...overlay, submission: event.currentTarget.value, map: null })}
        data={[
          { value: '', label: t('choose') },
          ...models.map(({ id, name, team }) => ({ value: id, label: `${name} · ${team}` })),
        ]}
      />
      {submission !== '' && (
        <OfSubmission address={address} view={{ ...view, submission }} overlay={overlay} onOverlay={onOverlay} />
      )}
    </Stack>
  );
}

function OfSubmission({ address, view, overlay, onOverlay }: HiddenHeatMapProps & { readonly view: HiddenView }) {
  const query = hiddenHeatMapQuery(address, view);
  const { data, error, refetch } = useQuery(query);
  const queries = useQueryClient();
  const ask = useMutation({
    mutationFn: () => askForHiddenHeatMap(address, view),
    onSuccess: (now) => queries.setQueryData(query.queryKey, now),
  });
  const map = data?.map ?? null;
  useEffect(() => {
    // Another image has another map, or none.
    if (overlay.map !== map) onOverlay({ ...overlay, map });
  }, [map, overlay, onOverlay]);
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading lines={1} />;
  return (
    <>
      {ask.error && <Failure error={ask.error} />}
      <div>
        <HeatStatus status={data} isAsking={ask.isPending} onAsk={() => ask.mutate()} />
      </div>
      {map && (
        <HeatLegend map={map} opacity={overlay.opacity} onOpacity={(opacity) => onOverlay({ ...overlay, opacity })} />
      )}
    </>
  );
}
