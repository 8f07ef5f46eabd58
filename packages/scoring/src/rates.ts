import { divide, type Metric, noAbnormalStudies, noNormalStudies, noStudies, undefinedBecause } from './metric.js';

// Sensitivity and specificity: J. Yerushalmy, “Statistical problems in assessing methods of medical diagnosis,
// with special reference to X-ray techniques”, Public Health Reports 62(40), 1947, 1432–1449.

/** (TP + TN) / n: the share of studies that are called as the gold standard calls them. */
export const accuracy: Metric = {
  name: 'accuracy',
  title: 'Accuracy',
  unit: 'fraction',
  direction: 'higherIsBetter',
  compute: ({ counts }) => {
    const right = counts.truePositive + counts.trueNegative;
    return divide(right, right + counts.falsePositive + counts.falseNegative, noStudies);
  },
};

/** TP / (TP + FN): the share of the abnormal studies that are called abnormal. */
export const sensitivity: Metric = {
  name: 'sensitivity',
  title: 'Sensitivity',
  unit: 'fraction',
  direction: 'higherIsBetter',
  compute: ({ counts }) => divide(counts.truePositive, counts.truePositive + counts.falseNegative, noAbnormalStudies),
};

/** TN / (TN + FP): the share of the normal studies that are called normal. */
export const specificity: Metric = {
  name: 'specificity',
  title: 'Specificity',
  unit: 'fraction',
  direction: 'higherIsBetter',
  compute: ({ counts }) => divide(counts.trueNegative, counts.trueNegative + counts.falsePositive, noNormalStudies),
};

/**
 * (sensitivity + specificity) / 2; undefined where one of them is. scikit-learn averages over the classes that
 * occur, so a single class scores as high as two; that is not done here.
 *
 * Source: K. H. Brodersen et al., “The balanced accuracy and its posterior distribution”, ICPR 2010, 3121–3124.
 */
export const balancedAccuracy: Metric = {
  name: 'balancedAccuracy',
  title: 'Balanced accuracy',
  unit: 'fraction',
  direction: 'higherIsBetter',
  compute: (group) => {
    const ofAbnormal = sensitivity.compute(group);
    const ofNormal = specificity.compute(group);
    if (ofAbnormal.value === null) return ofAbnormal;
    if (ofNormal.value === null) return ofNormal;
    return { value: (ofAbnormal.value + ofNormal.value) / 2 };
  },
};

/**
 * F1 = 2TP / (2TP + FP + FN): the harmonic mean of precision and sensitivity for *abnormal*. It is 0/0, and
 * so undefined, only where neither side calls a study abnormal (scikit-learn says 0 and warns).
 *
 * Source: C. J. van Rijsbergen, “Information Retrieval”, 2nd edition, 1979, chapter 7.
 */
export const f1: Metric = {
  name: 'f1',
  title: 'F1',
  unit: 'fraction',
  direction: 'higherIsBetter',
  compute: ({ counts }) => {
    const { truePositive, falsePositive, trueNegative, falseNegative } = counts;
    const called = 2 * truePositive + falsePositive + falseNegative;
    if (called + trueNegative === 0) return undefinedBecause(noStudies);
    return divide(
      2 * truePositive,
      called,
      'No study is abnormal, neither in the gold standard nor in the predictions.',
    );
  },
};
