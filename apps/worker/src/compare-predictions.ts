import {
  HoldoutError,
  type PredictionComparison,
  type PredictionsFile,
  type StudyPrediction,
} from '@holdout/contracts';

/**
 * How predictions that were made once more stand to the first ones. The first may have studies that are not in this
 * version of the test set; every study of the second must be in the first.
 *
 * @throws HoldoutError `predictions_missing` where one is not
 */
export function comparePredictions(first: PredictionsFile, again: PredictionsFile): PredictionComparison {
  const firstByStudy = new Map(first.studies.map((prediction) => [prediction.study, prediction]));
  let images = 0;
  let maxAbsoluteDifference = 0;
  let differingCalls = 0;
  for (const prediction of again.studies) {
    const before = firstByStudy.get(prediction.study);
    if (!before || before.imageProbabilities.length !== prediction.imageProbabilities.length) {
      throw new HoldoutError('predictions_missing', { detail: `Study ${prediction.study} can’t be compared.` });
    }
    images += prediction.imageProbabilities.length;
    maxAbsoluteDifference = Math.max(maxAbsoluteDifference, ...listDifferences(before, prediction));
    if (before.label !== prediction.label) differingCalls += 1;
  }
  const identical = maxAbsoluteDifference === 0 && differingCalls === 0;
  return { studies: again.studies.length, images, identical, maxAbsoluteDifference, differingCalls };
}

function listDifferences(before: StudyPrediction, after: StudyPrediction): number[] {
  const ofImages = after.imageProbabilities.map((value, place) =>
    Math.abs(value - (before.imageProbabilities[place] ?? 0)),
  );
  return [Math.abs((after.probability ?? 0) - (before.probability ?? 0)), ...ofImages];
}
