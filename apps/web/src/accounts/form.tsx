import { Button, Group, Loader, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { Refusal } from './refusal.js';

/** What was filled in, by the fields’ names. */
export type Fields = Readonly<Record<string, string>>;

interface FormProps {
  /** What the button says. */
  readonly submit: string;
  /** `grave` ends or undoes something; `plain` is the lesser of two. */
  readonly weight?: 'main' | 'plain' | 'grave';
  /** What throws is shown. */
  readonly onSubmit: (fields: Fields) => Promise<unknown>;
  /** Said after it went well, where the form stays. */
  readonly done?: string | undefined;
  /** Whether the fields are emptied after it went well. */
  readonly clears?: boolean;
  /** Beside the button. */
  readonly beside?: ReactNode;
  readonly children?: ReactNode;
}

/**
 * Fields and a button. The browser checks what is required, in the reader’s own language, and goes to the first that is
 * wrong; what the server says is announced. The button keeps the focus while it waits.
 */
export function Form({ submit, weight = 'main', onSubmit, done, clears = false, beside, children }: FormProps) {
  const { mutate, isPending, isSuccess, error } = useMutation({ mutationFn: onSubmit });
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!isPending) mutate(readFields(form), { onSuccess: () => clears && form.reset() });
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        {children}
        {error && <Refusal error={error} />}
        <Group>
          <Button
            type="submit"
            variant={weight === 'plain' ? 'default' : 'filled'}
            {...(weight === 'grave' ? { color: 'red' } : {})}
            aria-busy={isPending}
            rightSection={isPending ? <Loader size="xs" color="currentColor" /> : undefined}
          >
            {submit}
          </Button>
          {beside}
        </Group>
        {done !== undefined && <div role="status">{isSuccess && done}</div>}
      </Stack>
    </form>
  );
}

function readFields(form: HTMLFormElement): Fields {
  const entries = [...new FormData(form)].flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  return Object.fromEntries(entries);
}
