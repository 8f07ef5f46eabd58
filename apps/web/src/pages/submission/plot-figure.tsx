import { plot } from '@observablehq/plot';
import { type ReactNode, useEffect, useRef } from 'react';
import { readStyleNonce } from '../../style-nonce.js';
import styles from './curve-plots.module.css';

export type PlotOptions = NonNullable<Parameters<typeof plot>[0]>;

interface PlotFigureProps {
  readonly title: string;
  /** What is to be seen on it, in words. */
  readonly alt: string;
  readonly options: PlotOptions;
  /** What stands below it. */
  readonly children: ReactNode;
}

/** A plot by Observable Plot: a picture with a title, and with its words for who does not see it. */
export function PlotFigure({ title, alt, options, children }: PlotFigureProps) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const drawn = plot(options);
    // A plot brings a style sheet of its own, which the page's policy lets in by this number only.
    for (const style of drawn.querySelectorAll('style')) style.nonce = readStyleNonce();
    drawn.setAttribute('aria-hidden', 'true');
    frame.current?.replaceChildren(drawn);
  }, [options]);
  return (
    <figure className={styles.figure}>
      <h3>{title}</h3>
      <div ref={frame} role="img" aria-label={alt} className={styles.plot} />
      <figcaption>{children}</figcaption>
    </figure>
  );
}
