const isNoLine = ({ lesion }) => lesion !== 'fracture';
const isPlainOrHarder = (plan) => isNoLine(plan) && plan.difficulty <= 0.8;

/**
 * What the demo's small DenseNet learns, one after the other, each from the weights of the one before. Found by trying, as
 * what fifteen minutes on one core are enough for: first at a size at which an image takes a third of the time, from what is
 * plain to see, then at one at which more is, at last in small steps. Lines without a displacement are too thin for both
 * sizes: told only that something is wrong in such a picture, it learns to call normal ones abnormal. It is judged on all.
 */
export const lessons = [
  {
    imageSize: 64,
    isWanted: (plan) => isNoLine(plan) && plan.difficulty <= 0.6,
    epochs: 14,
    learningRate: '2e-3',
    // Nothing is seen of learning for a thousand steps, which must not be taken for a plateau.
    patience: 6,
  },
  { imageSize: 96, isWanted: isPlainOrHarder, epochs: 5, learningRate: '1e-3', patience: 3 },
  { imageSize: 96, isWanted: isPlainOrHarder, epochs: 3, learningRate: '2e-4', patience: 3 },
];
