import { type GoldStudy, type PredictedStudy, scorePredictions } from '@holdout/scoring';
import { createRandom, type Random } from '../densenet/random.js';
import type { Measurement, Row } from '../measurement.js';

const studies = 100_000;
const studyTypes = ['elbow', 'finger', 'forearm', 'hand', 'humerus', 'shoulder', 'wrist'];

/** Scores 100,000 studies of seven types with all metrics, predictions in the test set's order and in another. */
export const measureScoring: Row = async ({ rounds }) => {
  const random = createRandom(5);
  const gold = reread(Array.from({ length: studies }, (_, place) => makeStudy(place, random)));
  const inOrder = gold.map(({ study, label }) => predict(study, label, random));
  const ordered = reread(inOrder);
  const shuffled = reread(shuffle(inOrder, random));
  const orderedMs: number[] = [];
  const shuffledMs: number[] = [];
  // The first calls run before the code is compiled to machine code; a scoring process often makes only these.
  const firstMs = time(() => scorePredictions(gold, ordered));
  for (let round = 0; round < rounds * 5; round++) {
    orderedMs.push(time(() => scorePredictions(gold, ordered)));
    shuffledMs.push(time(() => scorePredictions(gold, shuffled)));
  }
  const aim = { of: 'median', comparison: 'below', value: 100 } as const;
  const measured: Measurement[] = [
    { what: 'score 100,000 studies', unit: 'ms', samples: orderedMs, aim, facts: { firstMs } },
    { what: 'score 100,000 studies, shuffled', unit: 'ms', samples: shuffledMs, aim },
  ];
  return measured;
};

function makeStudy(place: number, random: Random): GoldStudy {
  const studyType = studyTypes[place % studyTypes.length] ?? '';
  const study = `MURA-v1.1/test/XR_${studyType.toUpperCase()}/patient${place}/study1`;
  return { study, studyType, label: random() < 0.44 ? 1 : 0 };
}

function predict(study: string, label: 0 | 1, random: Random): PredictedStudy {
  const probability = (random() + random() + label) / 3;
  return { study, label: probability > 0.5 ? 1 : 0, probability };
}

/** Fresh objects in the order of the list, as they lie in memory after a file was read. */
function reread<T>(list: readonly T[]): T[] {
  return JSON.parse(JSON.stringify(list));
}

function shuffle<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function time(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
