import type { TestSetContents } from '@holdout/contracts';

export type Study = TestSetContents['studies'][number];

/** What is looked for among the studies of a version; empty is anything. */
export interface StudyFilter {
  /** A part of the study's name, of what it was called where it came from, or of the patient's. */
  readonly text: string;
  readonly studyType: string;
  readonly label: '' | '0' | '1' | 'disputed';
}

export const noFilter: StudyFilter = { text: '', studyType: '', label: '' };

/** The studies that a filter lets through, in their order. */
export function filterStudies(studies: readonly Study[], { text, studyType, label }: StudyFilter): readonly Study[] {
  const wanted = text.trim().toLowerCase();
  return studies.filter((study) => {
    if (studyType !== '' && study.studyType !== studyType) return false;
    if (label === 'disputed' && !isDisputed(study)) return false;
    if ((label === '0' || label === '1') && study.goldLabel !== Number(label)) return false;
    return [study.study, study.source ?? '', study.patient].some((name) => name.toLowerCase().includes(wanted));
  });
}

/** Whether its readers said different things. */
export function isDisputed({ readerLabels }: Study): boolean {
  return new Set(Object.values(readerLabels)).size > 1;
}
