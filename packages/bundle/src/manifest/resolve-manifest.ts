import {
  type ModelManifest,
  makeProblem,
  makeSentence,
  manifestFileName,
  type ProblemItem,
  type ResolvedModelManifest,
  resolvedModelManifestSchema,
  type Sentence,
} from '@holdout/contracts';
import type { ModelDescription, ModelTensor } from '../model/model-description.js';
import { contradiction, listNames, showShape } from '../problems.js';
import { checkCam } from './check-cam.js';
import { describeManifestIssue } from './describe-manifest-issue.js';

type Layout = 'nchw' | 'nhwc';

/**
 * Puts what the team wrote and what the model file tells together: silent fields are filled in, contradictions found.
 *
 * @returns the complete manifest, or every problem
 */
export function resolveManifest(
  manifest: ModelManifest,
  model: ModelDescription,
): { manifest: ResolvedModelManifest } | { problems: ProblemItem[] } {
  const problems: ProblemItem[] = [];
  const image = findImageInput(manifest, model, problems);
  const output = findOutput(manifest, model, problems);
  if (!image || !output) return { problems };

  const input = resolveInput(manifest, image, problems);
  const index = resolveIndex(manifest, output, problems);
  problems.push(...checkCam(manifest, model, countValues(output)));
  if (!input || problems.length > 0) return { problems };
  const { name, description, link, studyAggregation, threshold, engine, cam } = manifest;
  const activation = manifest.output.activation;
  const resolved: ResolvedModelManifest = {
    name,
    ...(description === undefined ? {} : { description }),
    ...(link === undefined ? {} : { link }),
    studyAggregation,
    threshold,
    engine,
    model: manifest.model,
    input,
    output: { name: output.name, activation, index },
    ...(cam === undefined ? {} : { cam }),
  };
  // What the model tells must keep to the limits that hold for what is written.
  const checked = resolvedModelManifestSchema.safeParse(resolved);
  if (checked.success) return { manifest: checked.data };
  return { problems: checked.error.issues.flatMap((issue) => describeManifestIssue(issue, resolved)) };
}

function findImageInput({ model: file }: ModelManifest, { inputs }: ModelDescription, problems: ProblemItem[]) {
  const [input] = inputs;
  if (inputs.length !== 1 || !input) {
    const found =
      inputs.length === 0
        ? makeSentence('found_no_input', {})
        : makeSentence('found_inputs', { count: inputs.length, names: listNames(inputs.map(({ name }) => name)) });
    problems.push(makeProblem('model_unsupported', { file, found, expected: makeSentence('one_input', {}) }));
    return null;
  }
  if (input.elementType !== 'float32') {
    const field = `input “${input.name}”`;
    problems.push(makeProblem('model_unsupported', { file, field, found: input.elementType, expected: 'float32' }));
  }
  if (input.shape !== null && input.shape.length !== 4) {
    const [field, found] = [`input “${input.name}”`, makeSentence('found_shape', { shape: showShape(input.shape) })];
    problems.push(
      makeProblem('model_unsupported', {
        file,
        field,
        found,
        expected: makeSentence('image_shape', {}),
      }),
    );
    return null;
  }
  return input;
}

function findOutput({ model: file, output }: ModelManifest, { outputs }: ModelDescription, problems: ProblemItem[]) {
  const names = listNames(outputs.map(({ name }) => name));
  if (output.name !== undefined) {
    const named = outputs.find(({ name }) => name === output.name);
    if (!named)
      problems.push(contradiction('output.name', `“${output.name}”`, makeSentence('one_of_outputs', { names })));
    return named ?? null;
  }
  const [only] = outputs;
  if (outputs.length === 1 && only) return only;
  const found =
    outputs.length === 0
      ? makeSentence('found_no_output', {})
      : makeSentence('found_outputs', { count: outputs.length, names });
  problems.push(makeProblem('model_unsupported', { file, found, expected: makeSentence('one_output', {}) }));
  return null;
}

function resolveInput(
  manifest: ModelManifest,
  tensor: ModelTensor,
  problems: ProblemItem[],
): ResolvedModelManifest['input'] | null {
  const { input } = manifest;
  const shape = tensor.shape ?? [null, null, null, null];
  const layout = input.layout ?? guessLayout(shape) ?? (manifest.engine === 'tfjs' ? 'nhwc' : undefined);
  if (!layout) {
    problems.push(missing('input.layout', makeSentence('layout_needed', {})));
    return null;
  }
  const sides = readSides(shape, layout);
  const before = problems.length;
  const channels = settle('input.channels', input.channels, sides.channels, problems);
  const width = settle('input.width', input.width, sides.width, problems);
  const height = settle('input.height', input.height, sides.height, problems);
  if (channels !== undefined && channels !== 1 && channels !== 3) {
    problems.push(
      makeProblem('model_unsupported', {
        file: manifest.model,
        found: makeSentence('found_channels', { count: channels }),
        expected: makeSentence('known_channels', {}),
      }),
    );
  }
  if (problems.length > before || channels === undefined || width === undefined || height === undefined) return null;
  const perChannel = (field: 'mean' | 'std', silent: number) => {
    const values = input[field] ?? [silent];
    if (values.length !== 1 && values.length !== channels) {
      problems.push(
        contradiction(
          `input.${field}`,
          makeSentence('found_values', { count: values.length }),
          makeSentence('value_a_channel', { channels }),
        ),
      );
    }
    return values.length === 1 ? Array<number>(channels).fill(values[0] ?? silent) : values;
  };
  return {
    name: tensor.name,
    width,
    height,
    channels: channels === 1 ? 1 : 3,
    layout,
    resize: input.resize,
    scale: input.scale,
    mean: perChannel('mean', 0),
    std: perChannel('std', 1),
    fixedBatchSize: shape[0] ?? null,
  };
}

/** Where there are 1 or 3 of something in one of the two places only, it is the channels. */
function guessLayout(shape: readonly (number | null)[]): Layout | undefined {
  const isChannels = (side: number | null | undefined) => side === 1 || side === 3;
  const [first, last] = [isChannels(shape[1]), isChannels(shape[3])];
  if (first === last) return undefined;
  return first ? 'nchw' : 'nhwc';
}

function readSides(shape: readonly (number | null)[], layout: Layout) {
  const [, a = null, b = null, c = null] = shape;
  return layout === 'nchw' ? { channels: a, height: b, width: c } : { height: a, width: b, channels: c };
}

/** The model's own word where the manifest is silent; the manifest's where the model is; both must agree. */
function settle(
  field: string,
  written: number | undefined,
  told: number | null,
  problems: ProblemItem[],
): number | undefined {
  if (written === undefined && told === null) problems.push(missing(field, makeSentence('number_needed', {})));
  if (written !== undefined && told !== null && written !== told) {
    problems.push(contradiction(field, String(written), makeSentence('as_model_says', { value: told })));
  }
  return written ?? told ?? undefined;
}

function resolveIndex({ output: { index } }: ModelManifest, output: ModelTensor, problems: ProblemItem[]): number {
  const values = countValues(output);
  if (values === null) return index ?? 0;
  if (index === undefined && values > 1)
    problems.push(missing('output.index', makeSentence('index_needed', { values })));
  if (index !== undefined && index >= values)
    problems.push(contradiction('output.index', String(index), makeSentence('index_too_large', { values })));
  return index ?? 0;
}

/** How many values the model gives an image; null where it does not tell. */
function countValues({ shape }: ModelTensor): number | null {
  if (shape === null || shape.slice(1).includes(null)) return null;
  return shape.slice(1).reduce<number>((product, side) => product * (side ?? 1), 1);
}

function missing(field: string, expected: Sentence): ProblemItem {
  const found = makeSentence('found_nothing', {});
  return makeProblem('manifest_invalid', { file: manifestFileName, field, found, expected });
}
