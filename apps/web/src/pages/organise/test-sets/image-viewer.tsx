import type { HeatMap } from '@holdout/contracts';
import { Button, Group, Slider, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type PointerEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { HeatCanvas } from '../../../heat-maps/heat-canvas.js';
import { Failure } from '../../../parts/failure.js';
import { Loading } from '../../../parts/loading.js';
import styles from './image-viewer.module.css';
import { imageQuery } from './read-image.js';
import type { PhaseAddress } from './read-test-set.js';
import { fitted, toTransform, useViewPort, zoomAt } from './use-view-port.js';
import { dragWindow, wholeWindow } from './window-level.js';
import { WindowedImage } from './windowed-image.js';

interface ImageViewerProps {
  readonly address: PhaseAddress;
  readonly version: string;
  readonly study: string;
  readonly view: number;
  /** A heat map to be laid over it, and how opaque. */
  readonly heat: { readonly map: HeatMap | null; readonly opacity: number };
}

const keyZoom = 1.25;
const keyPixels = 40;
const keyGreys = 8;

/**
 * An image of a study. Drag moves it, the wheel zooms; with Shift a drag changes the window: to the right widens it, up
 * brightens. Keys do the same.
 */
export function ImageViewer({ address, version, study, view, heat }: ImageViewerProps) {
  const { t } = useTranslation('organise');
  const { data: picture, error, refetch } = useQuery(imageQuery(address, { version, study, view }));
  const frame = useRef<HTMLElement>(null);
  const [place, setPlace] = useViewPort(frame);
  const [greys, setGreys] = useState(wholeWindow);
  const helpId = useId();

  const drag = (event: PointerEvent) => {
    if (event.buttons === 0) return;
    const { movementX, movementY } = event;
    if (event.shiftKey) setGreys((old) => dragWindow(old, movementX, movementY));
    else setPlace((old) => ({ ...old, x: old.x + movementX, y: old.y + movementY }));
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const factor = { '+': keyZoom, '=': keyZoom, '-': 1 / keyZoom }[event.key];
    if (step === undefined && factor === undefined && event.key !== '0') return;
    event.preventDefault();
    const [right = 0, down = 0] = step ?? [];
    if (event.key === '0') reset();
    else if (factor !== undefined) setPlace((old) => zoomAt(old, factor));
    else if (event.shiftKey) setGreys((old) => dragWindow(old, right * keyGreys, down * keyGreys));
    else setPlace((old) => ({ ...old, x: old.x - right * keyPixels, y: old.y - down * keyPixels }));
  };
  const reset = () => {
    setPlace(fitted);
    setGreys(wholeWindow);
  };
  return (
    <div>
      <section
        ref={frame}
        className={styles.frame}
        aria-label={t('imageOf', { study, number: view })}
        aria-describedby={helpId}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys zoom and move.
        tabIndex={0}
        onKeyDown={press}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
      >
        {error && <Failure error={error} onRetry={() => void refetch()} />}
        {!picture && !error && <Loading lines={1} />}
        {picture && (
          <WindowedImage picture={picture} greys={greys} place={place} label={t('imageOf', { study, number: view })} />
        )}
        {picture && heat.map && (
          <HeatCanvas
            map={heat.map}
            opacity={heat.opacity}
            width={picture.width}
            height={picture.height}
            className={styles.picture}
            style={{ transform: toTransform(place) }}
          />
        )}
      </section>
      <Group gap="md" mt="xs" align="center">
        <Text size="xs">{t('windowCenter')}</Text>
        <Slider
          className={styles.slider}
          size="sm"
          min={0}
          max={255}
          label={Math.round}
          thumbLabel={t('windowCenter')}
          value={greys.center}
          onChange={(center) => setGreys((old) => ({ ...old, center }))}
        />
        <Text size="xs">{t('windowWidth')}</Text>
        <Slider
          className={styles.slider}
          size="sm"
          min={1}
          max={255}
          label={Math.round}
          thumbLabel={t('windowWidth')}
          value={greys.width}
          onChange={(width) => setGreys((old) => ({ ...old, width }))}
        />
        <Group gap={4}>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('zoomOut')}
            onClick={() => setPlace((old) => zoomAt(old, 1 / keyZoom))}
          >
            −
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('zoomIn')}
            onClick={() => setPlace((old) => zoomAt(old, keyZoom))}
          >
            +
          </Button>
          <Button size="compact-sm" variant="default" onClick={reset}>
            {t('reset')}
          </Button>
        </Group>
      </Group>
      <Text id={helpId} size="xs" c="dimmed">
        {t('imageHelp')}
      </Text>
    </div>
  );
}
