import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import card from '../../parts/card.module.css';
import { PageHeading } from '../../parts/page-heading.js';
import { useTitle } from '../../parts/use-title.js';

interface SignInCardProps {
  readonly title: string;
  /** Whether it comes after another one on the same page. */
  readonly follows?: boolean;
  readonly children: ReactNode;
}

/** One step on the way in. */
export function SignInCard({ title, follows = false, children }: SignInCardProps) {
  useTitle(title);
  return (
    <div className={`${card.card} ${card.narrow}`}>
      <Stack gap="md">
        <PageHeading takesFocus={follows}>{title}</PageHeading>
        {children}
      </Stack>
    </div>
  );
}
