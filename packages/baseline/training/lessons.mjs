const isBroken = ({ lesion }) => lesion !== 'fracture';

/**
 * What the demo's small DenseNet learns, one after the other, each from the weights of the one before. Found by trying, as
 * what fifteen minutes on one core are enough for: first at a size at which an image takes a third of the time, from what is
 * plain to see, then at one at which more is. Lines without a displacement are too thin for both: told only that something is
 * wrong in such a picture, it learns to call normal ones abnormal. It is judged on all.
 */
export const lessons = [
  {
    imageSize: 64,
    isWanted: (plan) => isBroken(plan) && plan.difficulty <= 0.6,
    epochs: 14,
    learningRate: '2e-3',
    // Nothing is seen of learning for a thousand steps, which must not be taken for a plateau.
    patience: 6,
  },
  {
    imageSize: 96,
    isWanted: (plan) => isBroken(plan) && plan.difficulty <= 0.8,
    epochs: 7,
    learningRate: '1e-3',
    patience: 2,
  },
];
