import type { ConfusionCounts } from '@holdout/contracts';
import fc from 'fast-check';
import type { GoldStudy, PredictedStudy } from '../match-predictions.js';
import type { SampledStudy } from '../resampling/make-resamples.js';

/** A study with what both sides say of it. */
export interface Case {
  readonly study: string;
  readonly studyType: string;
  readonly patient: string;
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
    patient: fc.nat(30).map((number) => `patient${number}`),
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

/** A study of its own name and patient that is called by the threshold ½. */
export function calledStudy(studyType: string, actual: 0 | 1, probability: number): Case {
  studies++;
  const predicted = probability > 0.5 ? 1 : 0;
  return { study: `study${studies}`, studyType, patient: `patient${studies}`, actual, predicted, probability };
}

export function goldOf(cases: readonly Case[]): (GoldStudy & SampledStudy)[] {
  return cases.map(({ study, studyType, patient, actual }) => ({ study, studyType, patient, label: actual }));
}

/** Studies of a type, each of its own patient, that give these counts. */
export function casesOfCounts(studyType: string, counts: ConfusionCounts): Case[] {
  const list = (times: number, actual: 0 | 1, probability: number) =>
    Array.from({ length: times }, () => calledStudy(studyType, actual, probability));
  return [
    ...list(counts.truePositive, 1, 0.9),
    ...list(counts.falsePositive, 0, 0.8),
    ...list(counts.trueNegative, 0, 0.1),
    ...list(counts.falseNegative, 1, 0.2),
  ];
}

export function predictionsOf(cases: readonly Case[]): PredictedStudy[] {
  return cases.map(({ study, predicted, probability }) => ({ study, label: predicted, probability }));
}
