import { expect, it } from 'vitest';
import { filterStudies, isDisputed, noFilter, type Study } from './filter-studies.js';

const make = (study: string, studyType: string, goldLabel: 0 | 1, readerLabels: Study['readerLabels']): Study => ({
  study,
  source: `from/${study}`,
  studyType,
  patient: `patient of ${study}`,
  images: 1,
  goldLabel,
  readerLabels,
});
const studies = [
  make('XR_WRIST/1', 'wrist', 0, { Ada: 0, Ben: 0 }),
  make('XR_WRIST/2', 'wrist', 1, { Ada: 1, Ben: 0 }),
  make('XR_HAND/3', 'hand', 1, {}),
];
const find = (filter: object) => filterStudies(studies, { ...noFilter, ...filter }).map(({ study }) => study);

it('finds studies by name, source, patient, type and label', () => {
  expect(find({})).toHaveLength(3);
  expect(find({ text: ' xr_wrist ' })).toEqual(['XR_WRIST/1', 'XR_WRIST/2']);
  expect(find({ text: 'from/XR_HAND' })).toEqual(['XR_HAND/3']);
  expect(find({ text: 'patient of XR_WRIST/2' })).toEqual(['XR_WRIST/2']);
  expect(find({ studyType: 'wrist', label: '1' })).toEqual(['XR_WRIST/2']);
  expect(find({ label: '0' })).toEqual(['XR_WRIST/1']);
});

it('finds those of which readers said different things', () => {
  expect(studies.map(isDisputed)).toEqual([false, true, false]);
  expect(find({ label: 'disputed' })).toEqual(['XR_WRIST/2']);
});
