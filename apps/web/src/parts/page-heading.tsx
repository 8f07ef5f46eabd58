import { Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';

interface PageHeadingProps {
  /** Whether it takes the focus when it appears: for what comes next on the same page. */
  readonly takesFocus?: boolean;
  readonly children: ReactNode;
}

/** What a page is about. After a way to another page the focus is here, so that a screen reader begins with it. */
export function PageHeading({ takesFocus = false, children }: PageHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The shell gives the focus to the whole content where a page’s heading comes later than the page.
    if (takesFocus || document.activeElement?.id === 'main') heading.current?.focus({ preventScroll: true });
  }, [takesFocus]);
  return (
    <Title order={1} size="h2" tabIndex={-1} ref={heading}>
      {children}
    </Title>
  );
}
