import { type Composition, officialComposition, uniformComposition } from '../mura.js';

interface DemoSet {
  readonly seed: string;
  readonly composition: Composition;
  readonly firstPatient: number;
}

/**
 * The sets of the demo competition. Their seeds are public, as the demo is: nobody's patients are in them.
 * The training set shares neither a seed nor a patient number with the others.
 */
export const demoSets = {
  /** Two studies of each type: what a bundle is first tried on. */
  sample: {
    seed: 'holdout-demo/sample',
    composition: uniformComposition({ studies: 2, abnormal: 1, images: 4 }),
    firstPatient: 1,
  },
  /** The public studies of the phase `practice`. */
  practice: {
    seed: 'holdout-demo/practice',
    composition: uniformComposition({ studies: 10, abnormal: 5, images: 22 }),
    firstPatient: 101,
  },
  /** The hidden studies of the phase `test`, of exactly the official composition. */
  hidden: { seed: 'holdout-demo/hidden', composition: officialComposition, firstPatient: 11_001 },
  /** What the demo bundles were learned on. */
  training: {
    seed: 'holdout-demo/training',
    composition: uniformComposition({ studies: 320, abnormal: 160, images: 720 }),
    firstPatient: 20_001,
  },
  /** What their thresholds were chosen on. */
  validation: {
    seed: 'holdout-demo/validation',
    composition: uniformComposition({ studies: 40, abnormal: 20, images: 100 }),
    firstPatient: 30_001,
  },
} as const satisfies Record<string, DemoSet>;
