import { join } from 'node:path';
import { generateStudies, uniformComposition, writeMuraFolder } from '@holdout/testset';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Augmentation, drawAugmentation, noAugmentation, writeImage } from '../data/augment.js';
import { drawOrder } from '../data/batches.js';
import { createImageStore } from '../data/image-store.js';
import { type LabelledImage, readSplit, type SplitName } from '../data/read-split.js';
import { buildDenseNet } from '../densenet/build-densenet.js';
import { networks } from '../densenet/networks.js';
import { makeFolder } from '../testing/make-folder.js';
import { NetworkTrainer } from './network-trainer.js';
import { train } from './train.js';

const seed = 'epoch';
const network = { ...networks.tiny, blocks: [...networks.tiny.blocks] };
const input = { inputSize: network.inputSize, channels: network.channels, mean: [0.449], std: [0.226] };
const batchSize = 4;
const learningRate = 1e-3;
const listener = { onStart() {}, onBatch() {}, onEpoch() {} };
let folder = '';
let remove = async () => {};

beforeAll(async () => {
  ({ folder, remove } = await makeFolder());
});
afterAll(() => remove());

async function draw(directory: string, split: SplitName, firstPatient: number, studies = 3) {
  const composition = uniformComposition({ studies, abnormal: 1, images: studies + 1 });
  const drawn = generateStudies({ seed: split, composition, firstPatient });
  await writeMuraFolder({ directory, split, studies: drawn, labelOf: ({ truth }) => truth });
}

function learn(data: string, directory: string) {
  const settings = {
    network,
    mean: input.mean,
    std: input.std,
    batchSize,
    learningRate,
    patience: 1,
    members: 1,
    seed,
  };
  const limits = { epochs: 1, imageMemoryBytes: 2 ** 20, checkpointSeconds: 300 };
  return train({ data, directory, settings, ...limits, signal: new AbortController().signal, listener });
}

/** Two of three studies of each type are normal: what an error weighs, by the paper's formula. */
function weigh(images: readonly LabelledImage[], { studyType, label }: LabelledImage): number {
  const ofType = images.filter((each) => each.studyType === studyType);
  return ofType.filter((each) => each.label !== label).length / ofType.length;
}

it('learns from each image once, turned and weighed by its type and label, and judges images as they are', async () => {
  const data = join(folder, 'data');
  await draw(data, 'train', 1);
  await draw(data, 'valid', 100);
  const { history } = await learn(data, join(folder, 'training'));

  // The same by hand.
  const trainer = new NetworkTrainer(buildDenseNet(network, { seed }));
  const store = createImageStore(input, 0);
  const images = await readSplit(data, 'train');
  const prepare = async (some: readonly LabelledImage[], turn: (place: number) => Augmentation) => {
    const values = new Float32Array(some.length * input.inputSize ** 2);
    for (const [place, { path }] of some.entries()) {
      writeImage(await store.read(path), input, turn(place), values, place * input.inputSize ** 2);
    }
    return { values, labels: some.map(({ label }) => label), weights: some.map((image) => weigh(images, image)) };
  };
  const order = drawOrder(seed, 1, images.length);
  let lossSum = 0;
  for (let start = 0; start < order.length; start += batchSize) {
    const places = order.slice(start, start + batchSize);
    const some = places.flatMap((place) => images[place] ?? []);
    const batch = await prepare(some, (place) => drawAugmentation(seed, 1, places[place] ?? 0));
    lossSum += some.length * trainer.learn(batch, learningRate);
  }
  expect(images).toHaveLength(28);
  expect(history[0]?.trainingLoss).toBeCloseTo(lossSum / images.length, 6);
  const judgedImages = await readSplit(data, 'valid');
  const judged = trainer.judge(await prepare(judgedImages, () => noAugmentation));
  expect(history[0]?.validationLoss).toBeCloseTo(judged.lossSum / judgedImages.length, 5);
});

it('learns nothing of patients that it is judged on, and nothing where all are alike', async () => {
  const shared = join(folder, 'shared');
  await draw(shared, 'train', 1);
  await draw(shared, 'valid', 21);
  await expect(learn(shared, join(folder, 'a'))).rejects.toThrow(/The patient patient000\d\d is in train and in valid/);
  const alike = join(folder, 'alike');
  await draw(alike, 'train', 1, 1);
  await draw(alike, 'valid', 100);
  await expect(learn(alike, join(folder, 'b'))).rejects.toThrow('The images to learn from are abnormal.');
});
