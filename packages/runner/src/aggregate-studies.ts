import type { ResolvedModelManifest, StudyPrediction } from '@holdout/contracts';

type Rule = Pick<ResolvedModelManifest, 'studyAggregation' | 'threshold'>;

/**
 * Puts the images of each study together: its probability is their arithmetic mean or their maximum, and it is called
 * abnormal where that is greater than the threshold.
 *
 * @param studies - in the order of the images
 * @throws RangeError where there are not exactly as many probabilities as images
 */
export function aggregateStudies(
  studies: readonly { study: string; imageCount: number }[],
  imageProbabilities: readonly number[],
  { studyAggregation, threshold }: Rule,
): StudyPrediction[] {
  const images = studies.reduce((total, { imageCount }) => total + imageCount, 0);
  if (images !== imageProbabilities.length) {
    throw new RangeError(`There are ${images} images and ${imageProbabilities.length} probabilities.`);
  }
  let next = 0;
  return studies.map(({ study, imageCount }) => {
    const own = imageProbabilities.slice(next, next + imageCount);
    next += imageCount;
    const sum = own.reduce((total, value) => total + value, 0);
    // Rounding may carry the mean of ones past one.
    const probability = studyAggregation === 'max' ? Math.max(...own) : Math.min(1, sum / imageCount);
    return { study, probability, label: probability > threshold ? 1 : 0, imageProbabilities: own };
  });
}
