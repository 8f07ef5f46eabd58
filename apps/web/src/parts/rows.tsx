import type { ReactNode } from 'react';
import styles from './rows.module.css';

/** A list of things, one below the other on a phone as on a wide screen. */
export function Rows({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <ul className={styles.rows} aria-label={label}>
      {children}
    </ul>
  );
}

interface RowProps {
  readonly title: ReactNode;
  /** What is known of it, in the order of its weight. */
  readonly facts?: readonly (string | null)[];
  /** What can be done with it. */
  readonly children?: ReactNode;
}

export function Row({ title, facts = [], children }: RowProps) {
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <div>{title}</div>
        <div className={styles.facts}>{facts.filter((fact) => fact !== null).join(' · ')}</div>
      </div>
      {children}
    </li>
  );
}
