import type { ProblemItem } from '@holdout/contracts';
import { useTranslation } from 'react-i18next';
import { useServerWords } from './use-server-words.js';

/** A problem as one sentence, with its place: in the reader's language where it is made of the catalogue's words. */
export function useProblemText(): (problem: ProblemItem) => string {
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
