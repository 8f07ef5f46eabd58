import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './wide-table.module.css';

interface WideTableProps {
  readonly label: string;
  readonly head: readonly ReactNode[];
  readonly children: ReactNode;
}

/** A table that scrolls by itself where the screen is too narrow for it, by the keyboard too. */
export function WideTable({ label, head, children }: WideTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section className={`more-aside ${styles.frame}`} aria-label={label} tabIndex={0}>
      <Table verticalSpacing={6} horizontalSpacing="sm" fz="sm">
        <Table.Thead>
          <Table.Tr>
            {head.map((cell, place) => (
              <Table.Th key={String(place)} scope="col">
                {cell}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </section>
  );
}
