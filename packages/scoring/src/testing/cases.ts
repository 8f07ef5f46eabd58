import fc from 'fast-check';
import type { GoldStudy, PredictedStudy } from '../match-predictions.js';

/** A study with what both sides say of it. */
export interface Case {
  readonly study: string;
  readonly studyType: string;
  readonly actual: 0 | 1;
  readonly predicted: 0 | 1;
  readonly probability: number | null;
}

const labelArbitrary = fc.constantFrom<0 | 1>(0, 1);

/** Test sets of 0 to 60 studies of three types, with labels and probabilities that need not agree, and many ties. */
export const caseArbitrary: fc.Arbitrary<Case[]> = fc.uniqueArray(
  fc.record({
    study: fc.uuid(),
    studyType: fc.constantFrom('elbow', 'hand', 'wrist'),
    actual: labelArbitrary,
    predicted: labelArbitrary,
    // Sixteenths are exact, as is 1 − p of them.
    probability: fc.option(
      fc.nat(16).map((sixteenths) => sixteenths / 16),
      { freq: 20 },
    ),
  }),
  { selector: ({ study }) => study, maxLength: 60 },
);

let studies = 0;

/** A study of its own name that is called by the threshold ½. */
export function calledStudy(studyType: string, actual: 0 | 1, probability: number): Case {
  studies++;
  return { study: `study${studies}`, studyType, actual, predicted: probability > 0.5 ? 1 : 0, probability };
}

export function goldOf(cases: readonly Case[]): GoldStudy[] {
  return cases.map(({ study, studyType, actual }) => ({ study, studyType, label: actual }));
}

export function predictionsOf(cases: readonly Case[]): PredictedStudy[] {
  return cases.map(({ study, predicted, probability }) => ({ study, label: predicted, probability }));
}
