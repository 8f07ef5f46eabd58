import { type RefObject, useEffect, useEffectEvent, useState } from 'react';

/** How a picture lies in its frame: how many times its fitted size, and how far it is moved, in pixels of the screen. */
export interface ViewPort {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export const fitted: ViewPort = { zoom: 1, x: 0, y: 0 };
const leastZoom = 1;
const mostZoom = 16;
const wheelStep = 0.0015;

/** Zooms by a factor, with the point of the frame that is given (from its middle) staying where it is. */
export function zoomAt(view: ViewPort, factor: number, point = { x: 0, y: 0 }): ViewPort {
  const zoom = Math.min(mostZoom, Math.max(leastZoom, view.zoom * factor));
  if (zoom === leastZoom) return fitted;
  const scale = zoom / view.zoom;
  return { zoom, x: point.x - (point.x - view.x) * scale, y: point.y - (point.y - view.y) * scale };
}

/** As CSS. */
export function toTransform({ x, y, zoom }: ViewPort): string {
  return `translate(${x}px, ${y}px) scale(${zoom})`;
}

/** A picture's place in a frame, which the wheel zooms where the pointer is. */
export function useViewPort(frame: RefObject<HTMLElement | null>) {
  const [view, setView] = useState(fitted);
  const onWheel = useEffectEvent((event: WheelEvent) => {
    // The page would scroll away from under the picture.
    event.preventDefault();
    const box = frame.current?.getBoundingClientRect();
    if (!box) return;
    const point = { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
    setView((old) => zoomAt(old, Math.exp(-event.deltaY * wheelStep), point));
  });
  useEffect(() => {
    const element = frame.current;
    const hear = (event: WheelEvent) => onWheel(event);
    element?.addEventListener('wheel', hear, { passive: false });
    return () => element?.removeEventListener('wheel', hear);
  }, [frame]);
  return [view, setView] as const;
}
