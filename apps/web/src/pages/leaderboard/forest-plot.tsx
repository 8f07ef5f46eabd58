import type { BoardRow } from '../../boards/board-row.js';
import styles from './forest-plot.module.css';
import { type PlotScale, toPercent } from './plot-scale.js';

const height = 20;
const middle = height / 2;

/** A kappa with its interval as a bar, over the lines of the readers. The figures stand beside it, in words. */
export function ForestPlot({ row, scale }: { readonly row: BoardRow; readonly scale: PlotScale }) {
  const { kappa, kappaInterval: interval } = row;
  const at = (value: number) => `${toPercent(scale, value)}%`;
  return (
    <svg className={styles.plot} height={height} aria-hidden="true" focusable="false">
      <ReaderLines scale={scale} />
      {interval && (
        <g className={styles.interval}>
          <line x1={at(interval.lower)} x2={at(interval.upper)} y1={middle} y2={middle} />
          <line x1={at(interval.lower)} x2={at(interval.lower)} y1={middle - 4} y2={middle + 4} />
          <line x1={at(interval.upper)} x2={at(interval.upper)} y1={middle - 4} y2={middle + 4} />
        </g>
      )}
      {kappa.value !== null &&
        (row.kind === 'team' ? (
          <circle className={styles.value} cx={at(kappa.value)} cy={middle} r="4.5" />
        ) : (
          // Not a team: told by its form too, not by its colour alone.
          <svg x={at(kappa.value)} y={middle} className={styles.reference}>
            <title>◇</title>
            <path d="M0 -5.5 5.5 0 0 5.5 -5.5 0Z" />
          </svg>
        ))}
    </svg>
  );
}

/** The axis above the plots, with the numbers that they are drawn to. */
export function ForestAxis({
  scale,
  format,
}: {
  readonly scale: PlotScale;
  readonly format: (tick: number) => string;
}) {
  return (
    <svg className={styles.plot} height="14" aria-hidden="true" focusable="false">
      {scale.ticks.map((tick) => {
        const percent = toPercent(scale, tick);
        const anchor = percent < 5 ? 'start' : percent > 95 ? 'end' : 'middle';
        return (
          <text key={tick} className={styles.tick} x={`${percent}%`} y="11" textAnchor={anchor}>
            {format(tick)}
          </text>
        );
      })}
    </svg>
  );
}

function ReaderLines({ scale }: { readonly scale: PlotScale }) {
  return scale.readers.map(({ name, kappa, isBest }) => {
    const x = `${toPercent(scale, kappa)}%`;
    return <line key={name} className={isBest ? styles.bestReader : styles.reader} x1={x} x2={x} y1="0" y2={height} />;
  });
}
