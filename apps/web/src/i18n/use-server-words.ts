import type { CheckWarning, ErrorCode, ProblemItem, Reason, Sentence } from '@holdout/contracts';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.js';
import type { ErrorWords } from './errors.zh.js';
import { useLanguage } from './language.js';

/** What is needed of a problem or a reason to say it in another language. */
interface Said extends ErrorWords {
  readonly code: ErrorCode;
  readonly detail?: string | null | undefined;
  readonly sentences?: readonly Sentence[] | undefined;
}

/** The server's own words in the reader's language; its English where it has no others. */
export interface ServerWords {
  /** What happened, the detail, and what to do next; the detail stays English where it is made of no known sentences. */
  say(problem: Said): { readonly title: string; readonly detail: string | null; readonly next: string };
  /** What the catalogue calls an error; null in English, and where it has no other words. */
  titleOf(code: ErrorCode): string | null;
  sayReason(reason: Reason): { readonly message: string; readonly next: string };
  sayWarning(warning: CheckWarning): string;
  sayProblem(problem: ProblemItem): SaidProblem;
}

/** What was found and what was expected, where it is told apart; else all of it, where there are other words than English. */
interface SaidProblem {
  readonly found: string | undefined;
  readonly expected: string | undefined;
  readonly words: string | undefined;
}

export function useServerWords(): ServerWords {
  const { i18n } = useTranslation('server', { useSuspense: false });
  const language = useLanguage();
  const { dateTime } = useFormat();

  const wordsOf = (code: ErrorCode): ErrorWords | undefined => i18n.getResource(language, 'server', `errors.${code}`);

  const say: ServerWords['say'] = ({ code, title, detail = null, next, sentences = [] }) => {
    const said = sentences.map(saySentence).filter((sentence) => sentence !== null);
    const isWhole = sentences.length > 0 && said.length === sentences.length;
    return { ...(wordsOf(code) ?? { title, next }), detail: isWhole ? said.join('') : detail };
  };

  function saySentence({ name, values }: Sentence): string | null {
    const template: string | undefined = i18n.getResource(language, 'server', `sentences.${name}`);
    return template?.replace(/\{\{(\w+)\}\}/g, (_, key: string) => sayValue(key, values[key])) ?? null;
  }

  /** Times are in the reader's own zone. */
  function sayValue(key: string, value: string | number | undefined): string {
    if (key.endsWith('At') && typeof value === 'string') return dateTime(value);
    return String(value ?? '—');
  }

  return {
    say,
    titleOf: (code) => wordsOf(code)?.title ?? null,
    sayReason(reason) {
      const { message, alsoOnSample, stage } = reason;
      const { title, detail, next } = say({ ...reason, title: message });
      // Not in other words: the message has all of it.
      if (title === message) return { message, next };
      const comparison = alsoOnSample ? 'also_on_sample' : 'not_on_sample';
      const onSample = stage === 'running' && alsoOnSample !== null && saySentence({ name: comparison, values: {} });
      return { message: [title, detail, onSample].filter(Boolean).join(''), next };
    },
    sayProblem: ({ found, expected, sentences }) => ({
      found: (sentences?.found && saySentence(sentences.found)) ?? found,
      expected: (sentences?.expected && saySentence(sentences.expected)) ?? expected,
      words: (sentences?.words && saySentence(sentences.words)) ?? undefined,
    }),
    sayWarning: ({ message, sentence }) => (sentence && saySentence(sentence)) ?? message,
  };
}
