import type { ProblemItem } from '@holdout/contracts';
import { Alert, List, ScrollArea, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../api/problem-error.js';
import { useFormat } from '../format/use-format.js';
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

/** A problem as one sentence, with its place: in the reader's language where it is made of the catalogue's words. */
function useProblemText(): (problem: ProblemItem) => string {
  const { t } = useTranslation('shell');
  const { sayProblem } = useServerWords();
  return (problem) => {
    const { file, line, message } = problem;
    const { found, expected, words } = sayProblem(problem);
    // What is sent is on the page, so that it came in a request's body says nothing.
    const field = problem.field?.replace(/^body\./, '');
    const inFile = file !== undefined && line !== undefined ? t('fileLine', { file, line }) : file;
    const both = found !== undefined && expected !== undefined;
    const said =
      words ?? (both ? t('foundAndExpected', { found, expected }) : expected && t('expectedOnly', { expected }));
    if (said === undefined) return message;
    const places = [inFile, field].filter((part) => part !== undefined);
    return places.reduceRight<string>((rest, place) => t('problemAt', { place, words: rest }), said);
  };
}
