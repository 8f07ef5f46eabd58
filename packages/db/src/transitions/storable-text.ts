import type { Sentence } from '@holdout/contracts';

/**
 * Text of a team's program as Postgres can keep it: U+0000 and halves of surrogate pairs become U+FFFD.
 * With them a log line, or the reason of an ending, would be refused, and its evaluation would never end.
 */
export function storableText(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\uFFFD');
}

/** The same of what a sentence is made of. */
export function storableSentence({ name, values }: Sentence): Sentence {
  const entries = Object.entries(values);
  return {
    name,
    values: Object.fromEntries(
      entries.map(([key, value]) => [key, typeof value === 'string' ? storableText(value) : value]),
    ),
  };
}
