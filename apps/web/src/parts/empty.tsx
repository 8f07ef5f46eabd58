import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './empty.module.css';

/** Where there is nothing yet: that there is nothing, and what would change it. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <Text fw={600}>{title}</Text>
      {children && (
        <Text size="sm" c="dimmed" component="div">
          {children}
        </Text>
      )}
    </div>
  );
}
