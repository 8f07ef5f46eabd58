import { BaselineError } from '../baseline-error.js';
import { normalizationEpsilon } from '../densenet/build-densenet.js';
import { transpose } from '../onnx/transpose.js';
import { type GraphLayer, listNamedLayers } from './graph-layers.js';
import { countLayers, renameByOrder } from './rename-by-order.js';
import type { NamedTensor } from './safetensors.js';
import { type Naming, namings, ours } from './weight-names.js';

interface Wanted {
  /** As `features.conv0/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
}

interface MatchedWeights {
  /** By our names; without `classifier/…` where the file has another one. */
  readonly weights: ReadonlyMap<string, NamedTensor>;
  /**
   * Normalisations that the file has only as part of the convolutions before them. They pass on what they are given until
   * somebody has them normalise again.
   */
  readonly folded: readonly string[];
}

/**
 * Finds the weights of a network in a file of torchvision's or Keras' DenseNet, each by its name and of its shape, and
 * brings them into our form. Where names are others, as a converter gives them, the order of the file's layers says which
 * is which. The layer that tells classes apart is left out where it has another number of them than one.
 *
 * @param layers - of the file, in the order in which an image passes them; empty where it does not tell
 * @throws BaselineError that lists what is missing, of another shape, left over or there twice
 */
export function matchWeights(
  path: string,
  found: readonly NamedTensor[],
  wanted: readonly Wanted[],
  layers: readonly GraphLayer[] = [],
): MatchedWeights {
  const { naming, hits } = chooseNaming(found, wanted);
  const byName = matchByName(found, wanted, naming);
  if (byName.problems.length === 0) return { weights: byName.matched, folded: [] };
  const renamed = renameByOrder(found, layers, wanted);
  const { matched, problems } = renamed ? matchByName(renamed.tensors, wanted, ours) : byName;
  if (renamed && problems.length === 0) return { weights: matched, folded: renamed.folded };
  const differences = hits === 0 && !renamed && layers.length > 0 ? [describeLayers(layers, wanted)] : problems;
  throw new BaselineError(
    `${path} does not hold the weights of this network: ${differences.length} problems.`,
    'Name the --network that they are of. A converter may have changed it for a model that only predicts: in torch, export ' +
      'ONNX with training=TrainingMode.TRAINING and do_constant_folding=False; of Keras, convert to a layers model of ' +
      'TF.js; or write safetensors.',
    { problems: differences },
  );
}

function matchByName(found: readonly NamedTensor[], wanted: readonly Wanted[], naming: Naming) {
  const problems: string[] = [];
  const left = gather(naming, found, problems);
  const matched = new Map<string, NamedTensor>();
  for (const { name, shape } of wanted) {
    const theirs = naming.nameOf(name);
    const tensor = left.get(theirs);
    left.delete(theirs);
    const values = tensor && adapt(tensor, name, shape, naming);
    if (values) matched.set(name, { name, shape, values });
    else if (!naming.isClassifier(theirs)) problems.push(describeMismatch(theirs, shape, tensor));
  }
  for (const name of left.keys()) {
    if (!naming.isClassifier(name)) problems.push(`${name} is left over: the network has no place for it.`);
  }
  // A weight without its bias would be worse than none.
  if (!(matched.has('classifier/kernel') && matched.has('classifier/bias'))) {
    matched.delete('classifier/kernel');
    matched.delete('classifier/bias');
  }
  return { matched, problems };
}

/** What could be read, where no name says which weight is which. */
function describeLayers(layers: readonly GraphLayer[], wanted: readonly Wanted[]): string {
  const expected = countLayers(listNamedLayers(wanted));
  return `Its weights have other names, and its layers are ${countLayers(layers)}; expected ${expected}, one after the other.`;
}

/** The library whose names occur more often. */
function chooseNaming(found: readonly NamedTensor[], wanted: readonly Wanted[]) {
  const counts = namings.map((naming) => {
    const names = new Set(found.map(({ name }) => naming.clean(name)));
    return { naming, hits: wanted.filter(({ name }) => names.has(naming.nameOf(name))).length };
  });
  return counts.reduce((most, each) => (each.hits > most.hits ? each : most));
}

function gather(naming: Naming, found: readonly NamedTensor[], problems: string[]): Map<string, NamedTensor> {
  const gathered = new Map<string, NamedTensor>();
  for (const tensor of found) {
    const name = naming.clean(tensor.name);
    if (naming.isNotLearned(name)) continue;
    if (gathered.has(name)) problems.push(`${name} is there twice.`);
    gathered.set(name, tensor);
  }
  return gathered;
}

/** A tensor of theirs as one of ours; null where its shape does not fit. */
function adapt(
  { shape, values }: NamedTensor,
  name: string,
  wanted: readonly number[],
  { epsilon }: Naming,
): Float32Array | null {
  const turned = turn(values, shape, wanted);
  if (turned) {
    const more = name.endsWith('/moving_variance') ? epsilon - normalizationEpsilon : 0;
    // Theirs adds another ε to the variance: the difference goes into the variance itself.
    return more === 0 ? turned : turned.map((variance) => variance + more);
  }
  // A grey image stands for three equal channels: their weights become one.
  const [height = 0, width = 0, channels, filters = 0] = wanted;
  if (wanted.length !== 4 || channels !== 1) return null;
  const colour = turn(values, shape, [height, width, 3, filters]);
  return colour && sumChannels(colour, filters);
}

/** From torch's order (outputs, inputs, height, width) into TF's, where it is not in it already. */
function turn(values: Float32Array, shape: readonly number[], wanted: readonly number[]): Float32Array | null {
  if (shape.join() === wanted.join()) return values;
  const [height, width, inputs, outputs] = wanted;
  if (wanted.length === 4 && shape.join() === [outputs, inputs, height, width].join()) {
    return transpose(values, shape, [2, 3, 1, 0]);
  }
  if (wanted.length === 2 && shape.join() === [wanted[1], wanted[0]].join()) return transpose(values, shape, [1, 0]);
  return null;
}

/** Of height × width × 3 × filters. */
function sumChannels(values: Float32Array, filters: number): Float32Array {
  const sums = new Float32Array(values.length / 3);
  for (let place = 0; place < values.length; place += 1) {
    const target = Math.floor(place / (3 * filters)) * filters + (place % filters);
    sums[target] = (sums[target] ?? 0) + (values[place] ?? 0);
  }
  return sums;
}

function describeMismatch(name: string, shape: readonly number[], tensor: NamedTensor | undefined): string {
  if (!tensor) return `${name} is missing.`;
  return `${name} is [${tensor.shape.join(', ')}]; expected [${shape.join(', ')}], or that in torch’s order.`;
}
