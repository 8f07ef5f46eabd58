import { makeCountMetric, noAbnormalStudies, noNormalStudies, noStudies } from './metric.js';

// Sensitivity and specificity: J. Yerushalmy, “Statistical problems in assessing methods of medical diagnosis,
// with special reference to X-ray techniques”, Public Health Reports 62(40), 1947, 1432–1449.

/** (TP + TN) / n: the share of studies that are called as the gold standard calls them. */
export const accuracy = makeCountMetric({
  name: 'accuracy',
  title: 'Accuracy',
  unit: 'fraction',
  direction: 'higherIsBetter',
  ofCounts: ({ truePositive, falsePositive, trueNegative, falseNegative }) => {
    const right = truePositive + trueNegative;
    return right / (right + falsePositive + falseNegative);
  },
  whyUndefined: () => noStudies,
});

/** TP / (TP + FN): the share of the abnormal studies that are called abnormal. */
export const sensitivity = makeCountMetric({
  name: 'sensitivity',
  title: 'Sensitivity',
  unit: 'fraction',
  direction: 'higherIsBetter',
  ofCounts: ({ truePositive, falseNegative }) => truePositive / (truePositive + falseNegative),
  whyUndefined: () => noAbnormalStudies,
});

/** TN / (TN + FP): the share of the normal studies that are called normal. */
export const specificity = makeCountMetric({
  name: 'specificity',
  title: 'Specificity',
  unit: 'fraction',
  direction: 'higherIsBetter',
  ofCounts: ({ trueNegative, falsePositive }) => trueNegative / (trueNegative + falsePositive),
  whyUndefined: () => noNormalStudies,
});

/**
 * (sensitivity + specificity) / 2; undefined where one of them is. scikit-learn averages over the classes that
 * occur, so a single class scores as high as two; that is not done here.
 *
 * Source: K. H. Brodersen et al., “The balanced accuracy and its posterior distribution”, ICPR 2010, 3121–3124.
 */
export const balancedAccuracy = makeCountMetric({
  name: 'balancedAccuracy',
  title: 'Balanced accuracy',
  unit: 'fraction',
  direction: 'higherIsBetter',
  ofCounts: (counts) => (sensitivity.ofCounts(counts) + specificity.ofCounts(counts)) / 2,
  whyUndefined: (counts) => (Number.isNaN(sensitivity.ofCounts(counts)) ? noAbnormalStudies : noNormalStudies),
});

/**
 * F1 = 2TP / (2TP + FP + FN): the harmonic mean of precision and sensitivity for *abnormal*. It is 0/0, and
 * so undefined, only where neither side calls a study abnormal (scikit-learn says 0 and warns).
 *
 * Source: C. J. van Rijsbergen, “Information Retrieval”, 2nd edition, 1979, chapter 7.
 */
export const f1 = makeCountMetric({
  name: 'f1',
  title: 'F1',
  unit: 'fraction',
  direction: 'higherIsBetter',
  ofCounts: ({ truePositive, falsePositive, falseNegative }) =>
    (2 * truePositive) / (2 * truePositive + falsePositive + falseNegative),
  whyUndefined: ({ trueNegative }) => (trueNegative === 0 ? noStudies : noPositives),
});

const noPositives = 'No study is abnormal, neither in the gold standard nor in the predictions.';
