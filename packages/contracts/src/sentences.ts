import { z } from 'zod';
import { bundleSentences } from './bundle-sentences.js';
import { competitionSentences } from './competition-sentences.js';
import { fieldSentences } from './field-sentences.js';
import { testSetSentences } from './test-set-sentences.js';

/**
 * What teams are told most, as sentences that are made from a few values. Their names and values leave the server beside
 * the English words, so that a page can say the same in another language. What is in `{{…}}` is filled in.
 */
export const sentenceTemplates = {
  // Why a request is refused
  quota_per_day: '{{used}} of {{limit}} in 24 hours are used; the next is allowed at {{allowedAt}}.',
  quota_total: '{{used}} of {{limit}} in all are used; this phase allows no further one.',
  quota_at_once: '{{used}} of {{limit}} at one time are under way; the next is allowed when one has ended.',
  phase_opens: 'It opens at {{opensAt}}.',
  phase_closed: 'It closed at {{closedAt}}.',
  rules_version: 'Found version {{found}}; the present one is {{present}}.',
  upload_size: 'It has {{found}}; it may have {{limit}}.',
  choice_not_offered: 'In this phase a team does not choose what counts.',
  choice_final: 'This phase is final.',
  choice_taken: 'The team has chosen {{chosen}}; take one back first (at most {{limit}}).',
  owner_only: 'Only an owner of the team may do this.',
  organiser_only: 'Only an organiser of this competition may do this.',
  organiser_takes_part: 'They take part in it, in the team {{team}}.',
  asked_for: 'You asked for “{{asked}}”.',
  asked_for_one_of: 'You asked for “{{asked}}”; there is: {{known}}.',
  asked_for_none: 'You asked for “{{asked}}”; there is none yet.',

  heat_map_of_program: 'It is a program of its team, which says nothing of what is inside it.',
  heat_map_of_predictions: 'It has predictions and no bundle.',
  heat_maps_limit: 'There may be {{limit}} at one time.',

  // Why a request is refused by its fields, a test set by its archive, a competition by its file
  ...fieldSentences,
  ...testSetSentences,
  ...competitionSentences,

  // Why a bundle is refused
  manifest_elsewhere: 'It is at {{path}}; it belongs at the top.',
  manifest_several: 'It has several bundles: {{folders}}; choose one of these folders.',
  manifest_foreign: 'Only src/ with plain text beside it is run without one, and there is {{path}}.',
  bundle_empty: 'The bundle has no file at all.',
  bundle_has: 'At the top there is: {{paths}}.',
  ...bundleSentences,

  // Why a bundle was rejected
  ended_by_exit_code: 'It ended with the exit code {{exitCode}}.',
  ended_without_program:
    'It ended with the exit code {{exitCode}}: a program that it names was not found where it ran.',
  ended_by_signal: 'It ended by the signal {{signal}}.',
  time_limit: 'The limit is {{limit}} s; it was still running then.',
  memory_limit: 'The limit is {{limit}}; it used {{used}}.',
  memory_limit_at_once: 'The limit is {{limit}}; all of it was used before it could be measured.',
  memory_limit_asked: 'The limit is {{limit}}; it used {{used}}, and asked for more.',
  cpu_limit: 'The limit is {{limit}} s of CPU time; it used {{used}} s.',
  process_limit: 'The limit is {{limit}} processes and threads; it used all of them, and asked for more.',
  open_file_limit: 'The limit is {{limit}} open files in a process; it used all of them, and asked for more.',
  file_size_limit: 'The limit is {{limit}} for one file; it used more.',
  scratch_limit: 'The limit is {{limit}} of scratch space; it used {{used}}.',
  scratch_limit_all: 'The limit is {{limit}} of scratch space; it used all of it.',
  scratch_limit_files:
    'The limit is {{limit}} of scratch space; it used it in so many files that there was no room for another.',
  output_limit: 'The limit is {{limit}} for the predictions file; it used {{used}}.',
  log_limit: 'The limit is {{limit}} of printed text; it printed more.',
  not_alone: 'It ran on all sample studies, and then on one of them alone it did not.',
  hidden_untold: 'It happened on the phase’s own images, of which nothing more is told.',
  hidden_first:
    'It happened on the phase’s own first study, which is run alone before the others; of which nothing more is told.',
  hidden_all: 'It happened on the phase’s own studies, all run together; of which nothing more is told.',
  also_on_sample: 'On the public sample, too, there were studies without a prediction: see the warnings.',
  not_on_sample: 'On the public sample it did not happen.',

  // What the check warns of
  studies_missing:
    '{{missing}} of {{studies}} sample studies have no prediction, the first of them {{first}}. On hidden studies that is a rejection: predict every study.',
  same_probability: 'Every sample study has the probability {{probability}}. Does the bundle read its pictures?',
  all_abnormal: 'Every sample study is called abnormal. Is the threshold right?',
  all_normal: 'Every sample study is called normal. Is the threshold right?',
  not_repeatable:
    'The study {{study}} was predicted as {{one}} and, run once more by itself, as {{other}}. Is something random, or does it depend on the other studies?',
  kappa_below_zero: 'Cohen’s kappa on the sample is {{kappa}}: worse than chance. Are the labels inverted?',
} as const;

export type SentenceName = keyof typeof sentenceTemplates;

type Placeholders<Template extends string> = Template extends `${string}{{${infer Name}}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
type Values<Name extends SentenceName> = Readonly<
  Record<Placeholders<(typeof sentenceTemplates)[Name]>, string | number>
>;

export const sentenceSchema = z.object({
  name: z.enum(Object.keys(sentenceTemplates) as [SentenceName, ...SentenceName[]]),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type Sentence = z.infer<typeof sentenceSchema>;

export function makeSentence<Name extends SentenceName>(name: Name, values: Values<Name>): Sentence {
  return { name, values };
}

/** What was asked for by a name that there is not, with the names that there are. */
export function sayAskedFor(asked: string, known: readonly string[]): Sentence {
  return known.length === 0
    ? makeSentence('asked_for_none', { asked })
    : makeSentence('asked_for_one_of', { asked, known: known.join(', ') });
}

/** In English. */
export function writeSentence({ name, values }: Sentence): string {
  return sentenceTemplates[name].replace(/\{\{(\w+)\}\}/g, (_, key: string) => String(values[key] ?? '—'));
}
