import {
  type CheckWarning,
  makeSentence,
  type Sentence,
  type StudyPrediction,
  writeSentence,
} from '@holdout/contracts';
import { scorePredictions } from './score-predictions.js';

/** What a run of a bundle said. */
interface Run {
  readonly predictions: readonly StudyPrediction[];
  readonly missing: readonly string[];
}

interface LabelledStudy {
  readonly study: string;
  readonly studyType: string;
  readonly label: 0 | 1;
}

/** Rounding may differ from batch to batch by far less. */
const tolerance = 1e-4;

/**
 * What looks wrong in the predictions for a public sample, though the bundle runs.
 *
 * @param again - of some of the studies, predicted a second time; null where that did not end well
 * @param gold - the sample's labels; empty where they are not known
 */
export function findWarnings(
  { predictions, missing }: Run,
  again: Run | null,
  gold: readonly LabelledStudy[],
): CheckWarning[] {
  return [
    ...warnOfMissing(missing, predictions.length + missing.length),
    ...warnOfOneAnswer(predictions),
    ...warnOfDifference(predictions, again?.predictions ?? []),
    ...warnOfKappa(predictions, gold),
  ];
}

function warnOfMissing([first, ...more]: readonly string[], studies: number): CheckWarning[] {
  if (first === undefined) return [];
  const sentence = makeSentence('studies_missing', { missing: more.length + 1, studies, first });
  return [warn('study_without_prediction', sentence)];
}

function warnOfOneAnswer(predictions: readonly StudyPrediction[]): CheckWarning[] {
  const [first] = predictions;
  if (!first || predictions.length < 2) return [];
  const { probability, label } = first;
  if (probability !== null && predictions.every((each) => each.probability === probability)) {
    return [warn('constant_probability', makeSentence('same_probability', { probability }))];
  }
  if (predictions.some((each) => each.label !== label)) return [];
  return [warn('one_class', makeSentence(label === 1 ? 'all_abnormal' : 'all_normal', {}))];
}

function warnOfDifference(before: readonly StudyPrediction[], again: readonly StudyPrediction[]): CheckWarning[] {
  const firstOf = new Map(before.map((prediction) => [prediction.study, prediction]));
  for (const { study, ...second } of again) {
    const first = firstOf.get(study);
    if (!first || !differs(first, second)) continue;
    const values = { study, one: first.probability ?? first.label, other: second.probability ?? second.label };
    return [warn('not_repeatable', makeSentence('not_repeatable', values))];
  }
  return [];
}

function differs(first: StudyPrediction, second: Omit<StudyPrediction, 'study'>): boolean {
  const isFar = (one: number, other: number) => Math.abs(one - other) > tolerance;
  if (isFar(first.probability ?? first.label, second.probability ?? second.label)) return true;
  return first.imageProbabilities.some((value, place) => isFar(value, second.imageProbabilities[place] ?? value));
}

function warnOfKappa(predictions: readonly StudyPrediction[], gold: readonly LabelledStudy[]): CheckWarning[] {
  const predicted = new Set(predictions.map(({ study }) => study));
  const labelled = new Set(gold.map(({ study }) => study));
  const known = gold.filter(({ study }) => predicted.has(study));
  if (known.length === 0) return [];
  const score = scorePredictions(
    known,
    predictions.filter(({ study }) => labelled.has(study)),
  );
  const kappa = score.overall.kappa.value;
  if (kappa === null || kappa >= 0) return [];
  return [warn('kappa_below_zero', makeSentence('kappa_below_zero', { kappa: kappa.toFixed(2) }))];
}

function warn(code: CheckWarning['code'], sentence: Sentence): CheckWarning {
  return { code, message: writeSentence(sentence), sentence };
}
