import { type ModelManifest, makeSentence, type ProblemItem, type Sentence } from '@holdout/contracts';
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
  const names = listNames(inner.examples(kind));
  const expected =
    names === ''
      ? makeSentence(kind === 'features' ? 'cam_no_tensor' : 'cam_no_weight', {})
      : makeSentence(kind === 'features' ? 'cam_tensor' : 'cam_weight', { names });
  return contradiction(`cam.${kind}`, makeSentence('found_none_such', { name: showName(name) }), expected);
}

function checkFeatures(shape: TensorShape): ProblemItem[] {
  if (shape === null || shape.length === 4) return [];
  const found = makeSentence('found_shape', { shape: showShape(shape) });
  return [contradiction('cam.features', found, makeSentence('cam_dimensions', {}))];
}

/** As many as there are channels, once for each output; sides of 1 say nothing. */
function checkWeights(shape: TensorShape, channels: readonly number[], outputValues: number | null): ProblemItem[] {
  if (shape === null) return [];
  const sides = shape.flatMap((side) => (side === null || side === 1 ? [] : [side]));
  const count = sides.reduce((product, side) => product * side, 1);
  const fits = (divisor: number) => (outputValues === null ? count % divisor === 0 : count === divisor * outputValues);
  const isWhole = outputValues === null || count % outputValues === 0;
  if (sides.length <= 2 && isWhole && (channels.length === 0 || channels.some(fits))) return [];
  const found = makeSentence('found_shape', { shape: showShape(shape) });
  return [contradiction('cam.weights', found, sayWanted(channels[0], outputValues ?? 1))];
}

function sayWanted(channels: number | undefined, outputs: number): Sentence {
  if (channels === undefined) {
    return outputs === 1 ? makeSentence('cam_value_each', {}) : makeSentence('cam_values_each', { outputs });
  }
  if (outputs === 1) return makeSentence('cam_value_channel', { channels });
  return makeSentence('cam_values_channel', { channels, outputs });
}

/** How many channels the features may have, the usual place of the engine first; none where that one is open. */
function listChannels(engine: ModelManifest['engine'], shape: TensorShape | undefined): number[] {
  if (shape?.length !== 4) return [];
  const [usual, other] = engine === 'onnx' ? [shape[1], shape[3]] : [shape[3], shape[1]];
  return usual ? [usual, ...(other ? [other] : [])] : [];
}
