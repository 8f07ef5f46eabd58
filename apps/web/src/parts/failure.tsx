import { Alert, Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ProblemError, UnreachableError } from '../api/problem-error.js';
import { type Format, useFormat } from '../format/use-format.js';
import { useProblemText } from '../i18n/use-problem-text.js';
import { type ServerWords, useServerWords } from '../i18n/use-server-words.js';

interface FailureProps {
  readonly error: unknown;
  /** What the button does; there is none where it is left out. */
  readonly onRetry?: (() => void) | undefined;
}

/** What went wrong, and what to do next, as the server says it where it said something. */
export function Failure({ error, onRetry }: FailureProps) {
  const { t } = useTranslation('shell');
  const words = useServerWords();
  const write = useProblemText();
  const { sentences } = useFormat();
  const { title, next, requestId } = describeError(error, { words, write, sentences });
  return (
    <Alert role="alert" color="red" title={title ?? t('failed')}>
      <Text size="sm">{error instanceof UnreachableError ? t('unreachable') : next}</Text>
      <Group mt="xs" gap="md">
        {onRetry && (
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            {t('tryAgain')}
          </Button>
        )}
        {requestId && (
          <Text size="xs" c="dimmed">
            {t('requestId', { id: requestId })}
          </Text>
        )}
      </Group>
    </Alert>
  );
}

interface Writers {
  readonly words: ServerWords;
  readonly write: ReturnType<typeof useProblemText>;
  readonly sentences: Format['sentences'];
}

function describeError(
  error: unknown,
  { words, write, sentences }: Writers,
): { title?: string; next?: string; requestId?: string | undefined } {
  if (error instanceof ProblemError) {
    const { title, detail, next } = words.say(error);
    // The detail counts or repeats what is listed.
    const details = error.problems.length > 0 ? error.problems.map(write) : [detail];
    return { title: sentences([title, ...details]), next, requestId: error.requestId };
  }
  if (error instanceof UnreachableError) return {};
  return { next: error instanceof Error ? error.message : String(error) };
}
