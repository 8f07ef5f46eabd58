import type { HeatMap } from '@holdout/contracts';
import { Slider, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.js';
import styles from './heat-maps.module.css';
import { colourOf } from './paint-heat.js';

interface HeatLegendProps {
  readonly map: HeatMap;
  readonly opacity: number;
  readonly onOpacity: (opacity: number) => void;
}

/** What a heat map says: the probability, how it was made, its scale; and how much of the picture it covers. */
export function HeatLegend({ map, opacity, onOpacity }: HeatLegendProps) {
  const { t } = useTranslation('heatMaps');
  const { number, percent } = useFormat();
  const probability = number(Math.round(map.probability * 1000) / 1000);
  return (
    <div>
      <div className={styles.control}>
        <Text size="sm">{t('opacity')}</Text>
        <Slider
          className={styles.slider}
          min={0}
          max={1}
          step={0.05}
          label={percent}
          thumbLabel={t('opacity')}
          value={opacity}
          onChange={onOpacity}
        />
      </div>
      <div className={styles.control} role="img" aria-label={`${t('scale')}: ${t('cold')} – ${t('hot')}`}>
        <Text size="sm">{t('cold')}</Text>
        <Scale />
        <Text size="sm">{t('hot')}</Text>
      </div>
      <Text size="sm" mt="xs">
        {t('probability', { probability })}
      </Text>
      {Math.max(...map.values) <= 0 && <Text size="sm">{t('noHeat')}</Text>}
      <Text size="sm" c="dimmed">
        {t(`method_${map.method}`)}
      </Text>
    </div>
  );
}

const scaleWidth = 256;

/** Drawn, since a style of so many colours would be a long one. */
function Scale() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(scaleWidth, 1);
    for (let x = 0; x < scaleWidth; x += 1) {
      const [red, green, blue] = colourOf(x / (scaleWidth - 1));
      image.data.set([red, green, blue, 255], x * 4);
    }
    context.putImageData(image, 0, 0);
  }, []);
  return <canvas ref={canvas} className={styles.scale} width={scaleWidth} height={1} />;
}
