import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { formatInterval, formatKappa } from '../../boards/format-value.js';
import styles from './submission-page.module.css';

/** What is compared: a reader, or a submission. */
export interface ComparedRow {
  readonly key: string;
  readonly name: string;
  readonly kappa: number | null;
  readonly interval: { readonly lower: number; readonly upper: number } | null;
  readonly note: string | null;
  /** Whether it is what all others are compared with. */
  readonly isThis: boolean;
  /** Where it has a page of its own. */
  readonly submissionId?: string;
}

interface ComparisonTableProps {
  readonly label: string;
  /** The heading of the names. */
  readonly first: string;
  readonly own: ComparedRow;
  readonly rows: readonly ComparedRow[];
  readonly decimals: number | null;
}

/** Kappas from the best down, each with its interval as a bar and its difference from this one. */
export function ComparisonTable({ label, first, own, rows, decimals }: ComparisonTableProps) {
  const { t } = useTranslation('submission');
  const all = [own, ...rows].sort((a, b) => (b.kappa ?? -2) - (a.kappa ?? -2));
  const lowest = Math.min(0, ...all.map(({ kappa, interval }) => interval?.lower ?? kappa ?? 0));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className={`more-aside ${styles.scroll}`} tabIndex={0} aria-label={label}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{first}</th>
            <th scope="col">{t('kappa')}</th>
            <td className={styles.barHead} />
            <th scope="col">{t('difference')}</th>
          </tr>
        </thead>
        <tbody>
          {all.map((row) => (
            <tr key={row.key} data-this={row.isThis}>
              <th scope="row">
                <RowName row={row} />
              </th>
              <td>
                {row.kappa === null ? t('undefined') : formatKappa(row.kappa, decimals)}
                {row.interval && <span className={styles.bounds}>{formatInterval(row.interval)}</span>}
              </td>
              <td>
                <IntervalBar row={row} lowest={lowest} />
              </td>
              <td>{row.isThis ? '—' : writeDifference(own.kappa, row.kappa, decimals)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function RowName({ row: { name, note, submissionId } }: { readonly row: ComparedRow }) {
  return (
    <>
      {submissionId ? (
        <Link to="/submissions/$id" params={{ id: submissionId }}>
          {name}
        </Link>
      ) : (
        name
      )}
      {note && <span className={styles.bounds}>{note}</span>}
    </>
  );
}

/** From the lowest bound, or 0, to 1. */
function IntervalBar({
  row: { kappa, interval, isThis },
  lowest,
}: {
  readonly row: ComparedRow;
  readonly lowest: number;
}) {
  if (kappa === null) return null;
  const at = (value: number) => `${(100 * (value - lowest)) / (1 - lowest)}%`;
  return (
    <svg className={styles.bar} data-this={isThis} aria-hidden="true" focusable="false">
      <line x1="0" x2="100%" y1="50%" y2="50%" className={styles.barTrack} />
      {interval && (
        <line x1={at(interval.lower)} x2={at(interval.upper)} y1="50%" y2="50%" className={styles.barInterval} />
      )}
      <circle cx={at(kappa)} cy="50%" r="4.5" />
    </svg>
  );
}

/** This one’s less the other’s: more is better. */
function writeDifference(own: number | null, other: number | null, decimals: number | null): string {
  if (own === null || other === null) return '—';
  const difference = own - other;
  const text = formatKappa(difference, decimals);
  return difference > 0 && Number(text) !== 0 ? `+${text}` : text;
}
