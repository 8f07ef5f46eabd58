import { Alert, List, ScrollArea, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../api/problem-error.js';
import { useFormat } from '../format/use-format.js';
import { useProblemText } from '../i18n/use-problem-text.js';
import { useServerWords } from '../i18n/use-server-words.js';
import { Failure } from './failure.js';

/** Everything that the server found wrong, each with its place, and what to do next. */
export function ProblemReport({ error, id }: { readonly error: unknown; readonly id?: string }) {
  const { t } = useTranslation('shell');
  const { say } = useServerWords();
  const { sentences } = useFormat();
  const write = useProblemText();
  if (!(error instanceof ProblemError) || error.problems.length === 0) return <Failure error={error} />;
  const { title, next } = say(error);
  return (
    <Alert role="alert" color="red" title={title} {...(id ? { id } : {})}>
      <Text size="sm" mb="xs">
        {sentences([t('problems', { count: error.problems.length }), next])}
      </Text>
      <ScrollArea.Autosize mah={360} type="auto" viewportProps={{ tabIndex: 0, 'aria-label': title }}>
        <List size="sm" spacing={4}>
          {error.problems.map((problem, place) => (
            <List.Item key={String(place)}>{write(problem)}</List.Item>
          ))}
        </List>
      </ScrollArea.Autosize>
    </Alert>
  );
}
