import type { ModelManifest, ProblemItem } from '@holdout/contracts';
import type { InnerTensors, ModelDescription, TensorShape } from '../model/model-description.js';
import { contradiction, listNames, showName, showShape } from '../problems.js';

/**
 * Whether the tensors that a manifest names for class activation maps are in the model, and fit each other as far as the
 * file tells their shapes; what it does not tell is checked where a map is made.
 *
 * @param outputValues - how many values the model gives an image; null where it does not tell
 */
export function checkCam(
  { cam, engine }: ModelManifest,
  { inner }: ModelDescription,
  outputValues: number | null,
): ProblemItem[] {
  if (cam === undefined) return [];
  const features = inner.find('features', cam.features);
  const weights = inner.find('weights', cam.weights);
  return [
    ...(features === undefined ? [sayMissing(inner, 'features', cam.features)] : checkFeatures(features)),
    ...(weights === undefined
      ? [sayMissing(inner, 'weights', cam.weights)]
      : checkWeights(weights, listChannels(engine, features), outputValues)),
  ];
}

function sayMissing(inner: InnerTensors, kind: 'features' | 'weights', name: string): ProblemItem {
  const examples = inner.examples(kind);
  const what = kind === 'features' ? 'a tensor that the model works out' : 'one of the model’s weights';
  const such = examples.length === 0 ? ', of which it has none' : `, such as ${listNames(examples)}`;
  return contradiction(`cam.${kind}`, `${showName(name)}, which is none in the model file`, `${what}${such}`);
}

function checkFeatures(shape: TensorShape): ProblemItem[] {
  if (shape === null || shape.length === 4) return [];
  const expected = 'four dimensions: images × channels × height × width, or channels last';
  return [contradiction('cam.features', `the shape ${showShape(shape)}`, expected)];
}

/** As many as there are channels, once for each output; sides of 1 say nothing. */
function checkWeights(shape: TensorShape, channels: readonly number[], outputValues: number | null): ProblemItem[] {
  if (shape === null) return [];
  const sides = shape.flatMap((side) => (side === null || side === 1 ? [] : [side]));
  const count = sides.reduce((product, side) => product * side, 1);
  const fits = (divisor: number) => (outputValues === null ? count % divisor === 0 : count === divisor * outputValues);
  const isWhole = outputValues === null || count % outputValues === 0;
  if (sides.length <= 2 && isWhole && (channels.length === 0 || channels.some(fits))) return [];
  const each =
    channels.length === 0 ? 'each channel of the features' : `each of the ${channels[0]} channels of the features`;
  const times = outputValues === null || outputValues === 1 ? '' : ` and each of the ${outputValues} outputs`;
  return [contradiction('cam.weights', `the shape ${showShape(shape)}`, `one value for ${each}${times}`)];
}

/** How many channels the features may have, the usual place of the engine first; none where that one is open. */
function listChannels(engine: ModelManifest['engine'], shape: TensorShape | undefined): number[] {
  if (shape?.length !== 4) return [];
  const [usual, other] = engine === 'onnx' ? [shape[1], shape[3]] : [shape[3], shape[1]];
  return usual ? [usual, ...(other ? [other] : [])] : [];
}
