import { normalizationEpsilon } from '../densenet/build-densenet.js';

/** How one library calls the weights of a DenseNet. */
export interface Naming {
  readonly library: string;
  /** What a weight of ours, as `features.conv0/kernel`, is called there. */
  nameOf(ours: string): string;
  /** Brings what stands in files, in its spellings, to the one that `nameOf` gives. */
  clean(name: string): string;
  /** Whether a weight of theirs has no place in the network, so that nobody misses it. */
  isNotLearned(name: string): boolean;
  /** Whether a weight belongs to the layer that tells the classes apart. */
  isClassifier(name: string): boolean;
  /** What their normalisations add to the variance. */
  readonly epsilon: number;
}

const torchKinds: Readonly<Record<string, string>> = {
  kernel: 'weight',
  gamma: 'weight',
  beta: 'bias',
  bias: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};

/** torchvision's `densenet169().state_dict()`, whose modules our layers are called after. */
const torchvision: Naming = {
  library: 'torchvision',
  nameOf(ours) {
    const [layer = '', kind = ''] = ours.split('/');
    return `${layer}.${torchKinds[kind] ?? kind}`;
  },
  // Its first files, of 2017, write norm.1 for norm1; a model that was trained on several GPUs begins with `module.`.
  clean: (name) => name.replace(/^module\./, '').replace(/\.(norm|conv)\.(\d)\./, '.$1$2.'),
  isNotLearned: (name) => name.endsWith('.num_batches_tracked'),
  isClassifier: (name) => name.startsWith('classifier.'),
  epsilon: 1e-5,
};

/** `keras.applications.DenseNet169`; the weights are called as ours are, the layers are not. */
const keras: Naming = {
  library: 'Keras',
  nameOf(ours) {
    const [layer = '', kind = ''] = ours.split('/');
    return `${nameKerasLayer(layer)}/${kind}`;
  },
  // Layers are conv1/conv in older versions, conv1_conv in newer; weights end in `:0` where they come from a graph.
  clean(name) {
    const [kind = '', ...layer] = name.replace(/:0$/, '').split('/').reverse();
    return `${layer.reverse().join('_')}/${kind}`;
  },
  isNotLearned: () => false,
  isClassifier: (name) => /^(predictions|fc\d*|dense(_\d+)?|classifier)\//.test(name),
  epsilon: 1.001e-5,
};

function nameKerasLayer(layer: string): string {
  const [, block, dense, part] = /^features\.denseblock(\d+)\.denselayer(\d+)\.(\w+)$/.exec(layer) ?? [];
  if (block && dense && part) {
    const parts: Readonly<Record<string, string>> = { norm1: '0_bn', conv1: '1_conv', norm2: '1_bn', conv2: '2_conv' };
    return `conv${Number(block) + 1}_block${dense}_${parts[part] ?? part}`;
  }
  const [, transition, kind] = /^features\.transition(\d+)\.(norm|conv)$/.exec(layer) ?? [];
  if (transition) return `pool${Number(transition) + 1}_${kind === 'norm' ? 'bn' : 'conv'}`;
  if (layer === 'features.conv0') return 'conv1_conv';
  if (layer === 'features.norm0') return 'conv1_bn';
  return layer.startsWith('features.norm') ? 'bn' : layer === 'classifier' ? 'predictions' : layer;
}

/** A bundle of one network that was trained here: it is trained further, on other images. */
export const ours: Naming = {
  library: 'Holdout',
  nameOf: (name) => name,
  clean: (name) => name,
  isNotLearned: () => false,
  isClassifier: (name) => name.startsWith('classifier/'),
  epsilon: normalizationEpsilon,
};

export const namings: readonly Naming[] = [torchvision, keras, ours];
