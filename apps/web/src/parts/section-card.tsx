import { Stack, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import styles from './card.module.css';

/** A part of a page with a heading of its own, that a screen reader can go to. */
export function SectionCard({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={id}>
      <Stack gap="sm">
        <Title order={2} size="h4" id={id}>
          {title}
        </Title>
        {children}
      </Stack>
    </section>
  );
}
