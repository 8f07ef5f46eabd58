/** What is wrong with a competition's file: first what belongs in a field, then why it can't be applied. */
export const competitionSentences = {
  a_size: 'a size such as 512 MiB',
  a_time: 'a time such as 90 s, 30 min or 2 h',
  metrics_once: 'each metric once',
  odd_readers: 'an odd number of readers, so that there is no tie',
  readers_once: 'each reader once',
  data_once: 'each name once',
  phases_once: 'each phase once',
  interpreter_memory: 'at least 64 MiB: less than that starts no interpreter',
  as_in_address: '{{competition}}, as in the address',

  test_set_missing:
    'There is no test set {{testSet}}; bring it in with “holdout admin test-set import PATH --test-set {{testSet}}”.',
  closes_too_early: 'Found {{closesAt}}; expected it after {{opensAt}}, when the phase opens.',
  final_before_hidden: 'Found {{finalAt}}; expected it after {{fromAt}}, when the board is hidden.',
  final_before_frozen: 'Found {{finalAt}}; expected it after {{fromAt}}, when the board is frozen.',
  final_before_live: 'Found {{finalAt}}; expected it after {{fromAt}}, when the board is live.',
  ladder_without_kappa: 'Found {{metric}} first; a ladder compares kappas, so name kappa first.',
  gold_reader_unknown: 'There is no reader “{{reader}}” in {{testSet}}; there is: {{known}}.',
  gold_readers_none: 'There is no reader “{{reader}}” in {{testSet}}, which has none.',
  final_stays: 'The phase is final since {{sinceAt}}, and stays so.',
  test_set_kept:
    'Found {{found}} in place of {{present}}, and {{count}} submissions are scored on it; import a new version of {{present}}.',
  visibility_kept:
    'Found {{found}} in place of {{present}}, and {{count}} submissions are scored on it; make a phase of its own.',
  priority_limit:
    'Found {{found}}; expected at most {{limit}}, since only a site administrator puts a phase before others.',
  phase_kept: 'The phase {{phase}} is not in the file; a phase is never removed, so close it with “closes”.',
  hidden_set_open: 'The test set {{testSet}} is a sample or a public phase’s too; a hidden one must be of its own.',
  patient_in_sets: 'The patient {{patient}} is in {{testSet}} and in {{other}}; expected each in one set.',
  picture_in_sets: 'A picture of {{study}} is in {{testSet}} too; expected each in one set.',
} as const;
