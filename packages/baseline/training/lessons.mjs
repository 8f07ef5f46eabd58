/** Displaced bones and hardware; lines in bones are too thin for pictures of this size. */
const isSeen = ({ lesion }) => lesion !== 'fracture';

/**
 * What the demo's small DenseNet learns, one after the other, each from the weights of the one before. Found by trying, as
 * what fifteen minutes on one core are enough for: first at a size at which an image takes a third of the time, from what is
 * plain to see, then at one at which more is, at last in small steps. Told only that something is wrong in a picture in which
 * nothing is seen, it learns to call normal ones abnormal: such studies are no part of a lesson. It is measured on all.
 */
export const lessons = [
  // Nothing is seen of learning for a thousand steps, which must not be taken for a plateau.
  { imageSize: 64, hardest: 0.6, epochs: 10, learningRate: '2e-3', patience: 6 },
  { imageSize: 96, hardest: 0.8, epochs: 3, learningRate: '1e-3', patience: 3 },
  { imageSize: 96, hardest: 0.8, epochs: 2, learningRate: '2e-4', patience: 3 },
];

/** Whether a lesson is learned from this study. */
export function isLearned({ hardest }, plan) {
  return isSeen(plan) && plan.difficulty <= hardest;
}

/** Whether the networks of a lesson are compared on this study; on hard ones, too. */
export function isCompared(plan) {
  return isSeen(plan);
}
