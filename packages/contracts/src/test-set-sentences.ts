/**
 * What is wrong with a test set: in a table of its archive as what was found (`found_…`) and what was expected, of all
 * else in whole sentences. They are a part of `sentenceTemplates`.
 */
export const testSetSentences = {
  // In a line of a table
  found_no_csv: 'no CSV',
  found_open_quote: 'no CSV: a quote that is not closed',
  found_stray_quote: 'no CSV: a quote in the middle of a value',
  csv_expected: 'a comma between values, and quotes that are closed',
  found_cells: '{{count}} cells',
  as_in_header: '{{count}}, as in the header',
  as_lines_before: '{{count}}, as in the lines before',
  found_again: '{{name}} again, after line {{line}}',
  it_once: 'it once',
  found_no_label_column: 'no column of labels',
  label_columns: '“label”, or a column for each reader',
  found_two_columns: 'two columns {{name}}',
  own_names: 'a name of its own for each',
  found_unnamed_column: 'a column without a name',
  reader_name: 'a reader’s name',
  found_odd_reader: 'the reader {{name}}',
  short_name: 'a name of up to 100 characters without control characters',
  found_empty_cell: 'an empty cell in column {{column}}',
  found_in_column: '{{value}} in column {{column}}',
  a_label: '0 or 1',
  found_type: 'the type {{type}}',
  study_name: 'a study’s name',
  patient_name: 'a patient’s name',
  found_image: 'the image {{path}}',
  path_there: 'a path to a file that is there',
  found_as_type: '{{study}} as a {{type}}',
  found_with_patient: '{{study}} with the patient {{patient}}',
  found_other_labels: 'other labels of {{study}}',
  same_as_line: 'the same as on line {{line}}',
  study_path: 'a study such as XR_WRIST/patient00001/study1',

  // Of its studies
  no_images: 'There is no image; expected XR_…/patient…/study…/image1.png.',
  image_unlisted: 'The image is not in {{table}}, and has no label.',
  study_unlabelled: '{{study}} has images and no label.',
  study_imageless: '{{study}} has a label and no image.',
  several_tables: 'Found {{count}} tables with labels: {{tables}}; name the one to use.',
  no_such_table: 'There is no such table with labels.',
  image_astray: 'The image lies in no study; expected XR_…/patient…/study…/.',
  study_twice: 'The study {{study}} is there twice; also as {{folder}}.',
  type_unknown: 'The type of {{study}} is not known; expected {{types}}.',
  labels_disagree: '{{study}} is {{label}} in {{table}}, line {{line}}, and its folder says {{folderLabel}}.',
  patient_shared: 'The patient {{patient}} is in the test set {{testSet}} too; expected each in one set.',
  no_studies: 'The test set has no study; expected at least one.',
  study_named_twice: 'The study is there twice; expected once.',
  study_without_image: 'The study has no image that can be read; expected at least one.',
  image_named_twice: 'The study has two images of one name.',
  study_unread: 'The study has no label of the reader “{{reader}}”.',
  study_without_gold: 'The study has no gold label.',

  // Of its images
  image_no_png: 'The image is {{format}}; expected a PNG.',
  image_no_picture: 'The image is no picture; expected a PNG.',
  image_depth: 'The image has pixels of the type {{depth}}; expected 8 or 16 bits.',
  image_undecodable: 'The image can’t be decoded; expected a whole PNG.',
  image_pixels: 'The image has more than {{limit}} pixels; expected no more.',
  image_file_size: 'The image has {{size}}; expected at most {{limit}}.',
  picture_twice: 'It is the same picture as {{other}}; expected each once.',
  picture_of_other_set: 'It is the same picture as one of the test set {{testSet}}; expected each once.',

  // Of its readers
  no_such_reader: 'There is no reader {{readers}}; there is: {{known}}.',
  gold_readers_even: 'Found {{count}} readers for the gold standard; name an odd number of: {{readers}}.',
  voters_even: 'Found {{count}} gold readers; a majority needs an odd number.',
  voter_without_label: 'Reader “{{reader}}” has no label for {{study}}; each voter must read every study.',
  readers_not_drawn: '{{count}} readers can’t be drawn from {{known}}; expected an odd number, and as many readers.',

  // Of an edit
  edits_withdraw_all: 'They withdraw every study; a test set needs at least one.',
  edit_of_no_study: 'It names “{{study}}”; expected a study of the present version.',
  edit_and_withdrawal: 'It relabels “{{study}}”, which another edit withdraws; expected one of the two.',
  edit_without_reader:
    'It relabels “{{study}}” without a reader, but the majority of {{readers}} is the gold standard; expected which reader’s label it is.',
  edit_of_no_reader: 'It names the reader “{{reader}}”; expected one of: {{known}}.',
  edit_of_readers_none: 'It names the reader “{{reader}}”; the test set has none.',
  edits_change_nothing: 'The edits change nothing: all of it stands so already.',

  // Of the whole
  more_problems: 'And {{count}} more.',
  version_present: 'This is the present version already; nothing changes.',
  test_set_of_phase:
    'The test set {{testSet}} is that of {{phase}}; import into that phase, so that its board follows.',
  test_set_taken: 'The name {{testSet}} is taken by another organiser’s test set; choose another.',
  phase_changing: 'This phase is changing to another version; wait until that is done.',
} as const;
