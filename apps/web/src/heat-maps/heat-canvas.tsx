import type { HeatMap } from '@holdout/contracts';
import { type CSSProperties, useEffect, useRef } from 'react';
import { paintHeat } from './paint-heat.js';

interface HeatCanvasProps {
  readonly map: HeatMap;
  /** Of the picture that it lies over, in pixels. */
  readonly width: number;
  readonly height: number;
  /** 0..1 */
  readonly opacity: number;
  readonly className?: string | undefined;
  readonly style?: CSSProperties;
}

/** A heat map as large as its picture, to be laid over it. It says nothing to who can't see it: what it is of is said beside. */
export function HeatCanvas({ map, width, height, opacity, className, style }: HeatCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    context?.putImageData(new ImageData(paintHeat(map, { width, height }), width, height), 0, 0);
  }, [map, width, height]);
  return (
    <canvas
      ref={canvas}
      data-heat="true"
      {...(className ? { className } : {})}
      width={width}
      height={height}
      style={{ ...style, opacity }}
    />
  );
}
