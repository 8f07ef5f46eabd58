import { expect, it } from 'vitest';
import { matchWeights } from './match-weights.js';

/** Numbers that tell each tensor from the others. */
const give = (name: string, shape: readonly number[], first = 1) => ({
  ...{ name, shape },
  values: Float32Array.from(
    { length: shape.reduce((product, side) => product * side, 1) },
    (_, place) => first + place,
  ),
});

const wanted = [
  { name: 'features.norm0/moving_variance', shape: [1] },
  { name: 'features.denseblock1.denselayer2.norm2/gamma', shape: [2] },
  { name: 'features.denseblock1.denselayer2.conv1/kernel', shape: [1, 1, 2, 1] },
  { name: 'classifier/kernel', shape: [2, 1] },
  { name: 'classifier/bias', shape: [1] },
];

const torch = [
  give('features.norm0.running_var', [1], 10),
  give('features.denseblock1.denselayer2.norm2.weight', [2], 20),
  give('features.denseblock1.denselayer2.conv1.weight', [1, 2, 1, 1], 30),
];
const classifier = [give('classifier.weight', [1, 2], 40), give('classifier.bias', [1], 50)];

it('reads the names of torchvision’s first files, of a model that was trained on several GPUs', () => {
  const spell = (name: string) => `module.${name.replace(/(norm|conv)([12])\./, '$1.$2.')}`;
  const found = [...torch, ...classifier].map((tensor) => ({ ...tensor, name: spell(tensor.name) }));
  expect(found[1]?.name).toBe('module.features.denseblock1.denselayer2.norm.2.weight');
  const { weights: matched } = matchWeights('file', found, wanted);
  expect(wanted.map(({ name }) => [...(matched.get(name)?.values ?? [])])).toEqual([
    [10],
    [20, 21],
    [30, 31],
    [40, 41],
    [50],
  ]);
});

it('takes no classifier by halves', () => {
  for (const half of classifier) {
    expect([...matchWeights('file', [...torch, half], wanted).weights.keys()]).toEqual(
      wanted.slice(0, 3).map(({ name }) => name),
    );
  }
});

it.each(['predictions', 'fc1000', 'dense_1'])('reads Keras’ names as a graph spells them, without its %s', (layer) => {
  const found = [
    // So small that their larger ε shows.
    { ...give('conv1/bn/moving_variance:0', [1]), values: Float32Array.of(1e-6) },
    give('conv2_block2_1_bn/gamma:0', [2], 20),
    give('conv2_block2_1_conv/kernel:0', [1, 1, 2, 1], 30),
    give(`${layer}/kernel:0`, [2, 1000]),
    give(`${layer}/bias:0`, [1000]),
  ];
  const { weights: matched } = matchWeights('file', found, wanted);
  expect([...matched.keys()]).toEqual(wanted.slice(0, 3).map(({ name }) => name));
  expect(matched.get('features.norm0/moving_variance')?.values[0]).toBeCloseTo(1.01e-6, 11);
});

it('tells weights by the order of their layers where names say nothing, with the ε that their graph has', () => {
  const inOrder = [
    give('a', [64, 3, 7, 7]),
    ...['b', 'c', 'd'].map((name) => give(name, [64])),
    { ...give('e', [64]), values: new Float32Array(64).fill(1e-6) },
  ];
  const network = [
    { name: 'features.conv0/kernel', shape: [7, 7, 3, 64] },
    ...['gamma', 'beta', 'moving_mean', 'moving_variance'].map((kind) => ({
      name: `features.norm0/${kind}`,
      shape: [64],
    })),
    ...wanted.slice(3),
  ];
  const norm = { gamma: 'b', beta: 'c', moving_mean: 'd', moving_variance: 'e' };
  const layers = [
    { kind: 'convolution', weights: { kernel: 'a' }, epsilon: null },
    { kind: 'normalisation', weights: norm, epsilon: 3e-5 },
  ] as const;
  const { weights: matched } = matchWeights('file', inOrder, network, layers);
  // Without the classifier, which the file has not.
  expect([...matched.keys()]).toEqual(network.slice(0, 5).map(({ name }) => name));
  expect(matched.get('features.norm0/moving_variance')?.values[0]).toBeCloseTo(2.1e-5, 10);
  expect(() => matchWeights('file', inOrder, network, [...layers].reverse())).toThrow(/1 problems/);
  expect(() => matchWeights('file', inOrder.slice(0, 4), network, layers)).toThrow(/1 problems/);
});
