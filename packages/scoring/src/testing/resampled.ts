import fc from 'fast-check';
import { makeResamples, type ResampleOptions } from '../resampling/make-resamples.js';
import { type ResampledEntry, resampleEntries } from '../resampling/resample-entries.js';
import { type Case, caseArbitrary, goldOf, predictionsOf } from './cases.js';

/** Entries that call the same studies, a row of 0 and 1 an entry. */
export function resampleCalls(
  cases: readonly Case[],
  calls: readonly (readonly (0 | 1)[])[],
  options: ResampleOptions = {},
): ResampledEntry[] {
  const entries = calls.map((row) =>
    predictionsOf(cases.map((study, place) => ({ ...study, predicted: row[place] ?? 0 }))),
  );
  return resampleEntries(makeResamples(goldOf(cases), options), entries);
}

/** Test sets with one to six entries that call them. */
export const callsArbitrary = caseArbitrary.chain((cases) => {
  const row = fc.array(fc.constantFrom<0 | 1>(0, 1), { minLength: cases.length, maxLength: cases.length });
  return fc.tuple(fc.constant(cases), fc.array(row, { minLength: 1, maxLength: 6 }));
});
