import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import {
  type GoldStudy,
  makeResamples,
  type PredictedStudy,
  resampleEntries,
  type SampledStudy,
  scoreIntervals,
  scorePredictions,
} from '@holdout/scoring';
import { createRandom, type Random } from '../densenet/random.js';
import type { BenchOptions, Measurement, Row } from '../measurement.js';

const studyTypes = ['elbow', 'finger', 'forearm', 'hand', 'humerus', 'shoulder', 'wrist'];

type Study = GoldStudy & SampledStudy;

/**
 * Scores 100,000 studies of seven types with all metrics, predictions in the test set's order and in another; finds
 * the intervals of all metrics by 2,000 resamples, for as many studies and for MURA's 207; and the resampled kappas of
 * 207 studies beside scikit-learn.
 */
export const measureScoring: Row = async (options) => [
  ...measureScores(options.rounds),
  ...measureIntervals(options),
  await compareWithScikitLearn(options),
];

function measureScores(rounds: number): Measurement[] {
  const random = createRandom(5);
  const gold = reread(makeStudies(100_000, random));
  const inOrder = gold.map((study) => predictStudy(study, random));
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
  return [
    { what: 'score 100,000 studies', unit: 'ms', samples: orderedMs, aim, facts: { firstMs } },
    { what: 'score 100,000 studies, shuffled', unit: 'ms', samples: shuffledMs, aim },
  ];
}

/** The peak is that of this process, and so an upper bound where other rows ran before. */
function measureIntervals({ rounds, say }: BenchOptions): Measurement[] {
  const random = createRandom(6);
  const measured = [207, 100_000].map((studies): Measurement => {
    const gold = makeStudies(studies, random);
    const predictions = gold.map((study) => predictStudy(study, random));
    const find = () => time(() => scoreIntervals(gold, predictions));
    const firstMs = find();
    const samples = Array.from({ length: studies < 1000 ? rounds * 5 : rounds }, find);
    say(`intervals of ${studies} studies`);
    const aim = { of: 'median', comparison: 'below', value: studies < 1000 ? 50 : 10_000 } as const;
    const what = `intervals of ${studies.toLocaleString('en')} studies, 2,000 resamples`;
    return { what, unit: 'ms', samples, aim, facts: { firstMs } };
  });
  const peak = process.resourceUsage().maxRSS / 1024;
  const aim = { of: 'median', comparison: 'below', value: 500 } as const;
  return [...measured, { what: '… peak memory of the process', unit: 'MiB', samples: [peak], aim }];
}

async function compareWithScikitLearn({ rounds, say }: BenchOptions): Promise<Measurement> {
  const random = createRandom(7);
  const gold = makeStudies(207, random);
  const predictions = gold.map((study) => predictStudy(study, random));
  const find = () => time(() => resampleEntries(makeResamples(gold), [predictions]));
  const measurement = { what: 'kappas of 207 studies, 2,000 resamples', unit: 'ms' };
  find();
  const python = ['python3', '/usr/bin/python3'].find(
    (path) => spawnSync(path, ['-c', 'import sklearn.metrics']).status === 0,
  );
  if (python === undefined) {
    const scikitLearn = 'missing: there is no python3 with scikit-learn here (Debian: python3-sklearn)';
    say(`scikit-learn is ${scikitLearn}`);
    return { ...measurement, samples: Array.from({ length: rounds }, find), facts: { scikitLearn } };
  }
  const child = spawn(python, ['-c', pythonProgram], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line: string): Promise<string> => {
    child.stdin.write(`${line}\n`);
    const answer = await lines.next();
    if (answer.done) throw new Error('scikit-learn ended before it answered.');
    return answer.value;
  };
  const rows = gold.map(({ studyType, label }, place) => [studyType, label, predictions[place]?.label ?? 0]);
  const version = await ask(JSON.stringify(rows));
  const samples: number[] = [];
  const against: number[] = [];
  for (let round = 0; round < rounds; round++) {
    samples.push(find());
    against.push(Number(await ask('again')));
  }
  child.stdin.end();
  return { ...measurement, samples, against: { what: `scikit-learn ${version}`, samples: against } };
}

/** Draws studies within each type, where `makeResamples` draws their patients; answers with milliseconds. */
const pythonProgram = `
import json, sys, time
import numpy, sklearn
from sklearn.metrics import cohen_kappa_score
rows = json.loads(sys.stdin.readline())
types = numpy.array([row[0] for row in rows])
actual, called = (numpy.array([row[column] for row in rows]) for column in (1, 2))
strata = [numpy.flatnonzero(types == name) for name in sorted(set(types))]
random = numpy.random.default_rng(0)
print(sklearn.__version__, flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    for _ in range(2000):
        drawn = numpy.concatenate([random.choice(places, size=len(places)) for places in strata])
        cohen_kappa_score(actual[drawn], called[drawn])
    print((time.perf_counter() - start) * 1000, flush=True)
`;

/** Studies of seven types in turn; of six studies of a type, two are one patient's. */
export function makeStudies(count: number, random: Random): Study[] {
  return Array.from({ length: count }, (_, place) => {
    const studyType = studyTypes[place % studyTypes.length] ?? '';
    const ofType = Math.floor(place / studyTypes.length);
    const patient = `patient${ofType % 6 === 5 ? place - studyTypes.length : place}`;
    const study = `MURA-v1.1/test/XR_${studyType.toUpperCase()}/${patient}/study${place}`;
    return { study, studyType, patient, label: random() < 0.44 ? 1 : 0 };
  });
}

export function predictStudy({ study, label }: GoldStudy, random: Random): PredictedStudy {
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

export function time(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
