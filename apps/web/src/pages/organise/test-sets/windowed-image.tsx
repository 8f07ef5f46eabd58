import { useEffect, useRef } from 'react';
import styles from './image-viewer.module.css';
import { toTransform, type ViewPort } from './use-view-port.js';
import { applyWindow, type GreyWindow } from './window-level.js';

interface WindowedImageProps {
  readonly picture: ImageData;
  readonly greys: GreyWindow;
  readonly place: ViewPort;
  readonly label: string;
}

/** A picture as it is seen through a window of greys; moved and zoomed without being drawn again. */
export function WindowedImage({ picture, greys, place, label }: WindowedImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const shown = context.createImageData(picture.width, picture.height);
    applyWindow(picture.data, shown.data, greys);
    context.putImageData(shown, 0, 0);
  }, [picture, greys]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      className={styles.picture}
      width={picture.width}
      height={picture.height}
      style={{ transform: toTransform(place) }}
    />
  );
}
