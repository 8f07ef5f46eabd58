import type { LabelledImage } from './read-split.js';

/** What an error on a normal and on an abnormal image of one study type weighs. */
export interface ClassWeights {
  readonly normal: number;
  readonly abnormal: number;
}

/**
 * The weights of MURA's loss, for each study type T: w₁ = |N_T| / (|A_T| + |N_T|) for abnormal images and
 * w₀ = |A_T| / (|A_T| + |N_T|) for normal ones, N and A the normal and abnormal images of that type in the training set.
 */
export function computeClassWeights(images: readonly LabelledImage[]): ReadonlyMap<string, ClassWeights> {
  const counts = new Map<string, { normal: number; abnormal: number }>();
  for (const { studyType, label } of images) {
    const count = counts.get(studyType) ?? { normal: 0, abnormal: 0 };
    if (label === 1) count.abnormal += 1;
    else count.normal += 1;
    counts.set(studyType, count);
  }
  const weigh = ({ normal, abnormal }: ClassWeights) => {
    const total = normal + abnormal;
    return { normal: abnormal / total, abnormal: normal / total };
  };
  return new Map([...counts].map(([type, count]) => [type, weigh(count)]));
}

/** What an error on each of these images weighs. A type that training did not have weighs both alike. */
export function weighImages(images: readonly LabelledImage[], weights: ReadonlyMap<string, ClassWeights>): number[] {
  return images.map(({ studyType, label }) => {
    const { normal, abnormal } = weights.get(studyType) ?? { normal: 0.5, abnormal: 0.5 };
    return label === 1 ? abnormal : normal;
  });
}
