import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { heatMapQuery, sampleImagePath } from '../api/heat-maps.js';
import { Failure } from '../parts/failure.js';
import { Loading } from '../parts/loading.js';
import { HeatCanvas } from './heat-canvas.js';
import { HeatLegend } from './heat-legend.js';
import styles from './heat-maps.module.css';

interface SampleHeatMapProps {
  /** The submission's. */
  readonly id: string;
  readonly view: { readonly study: string; readonly view: number };
}

export const firstOpacity = 0.7;

/** A sample image with the heat map over it. */
export function SampleHeatMap({ id, view }: SampleHeatMapProps) {
  const { t } = useTranslation('heatMaps');
  const { data, error, refetch } = useQuery(heatMapQuery(id, view));
  const [opacity, setOpacity] = useState(firstOpacity);
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data?.map) return <Loading lines={6} />;
  return (
    <>
      <div className={styles.picture}>
        <img
          src={sampleImagePath(id, view)}
          alt={t('picture', { study: view.study, number: view.view })}
          onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => setSize({ width, height })}
        />
        {size && <HeatCanvas map={data.map} {...size} opacity={opacity} className={styles.heat} />}
      </div>
      <HeatLegend map={data.map} opacity={opacity} onOpacity={setOpacity} />
    </>
  );
}
