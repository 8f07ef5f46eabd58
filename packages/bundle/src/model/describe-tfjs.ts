import { z } from 'zod';
import { modelLimits } from '../limits.js';
import { InnerTensors, type ModelDescription, type ModelTensor } from './model-description.js';

/** Counted before any of it is looked at. */
function listOf<T extends z.ZodType>(schema: T, most: number) {
  return z.array(z.unknown()).max(most).pipe(z.array(schema));
}

const { dimensions } = modelLimits;
const weightSchema = z.object({
  name: z.string(),
  shape: listOf(z.number().int().min(0), dimensions),
  dtype: z.string(),
  quantization: z.object({ dtype: z.string() }).optional(),
});

/** The parts of TF.js' model.json that are of interest, of layers models and of graph models. */
export const tfjsFileSchema = z.looseObject({
  format: z.string().optional(),
  modelTopology: z.looseObject({
    class_name: z.string().optional(),
    config: z.unknown().optional(),
    model_config: z.unknown().optional(),
    node: listOf(z.looseObject({ name: z.string(), op: z.string() }), modelLimits.nodes).optional(),
  }),
  signature: z.unknown().optional(),
  weightsManifest: listOf(
    z.object({
      paths: listOf(z.string(), modelLimits.shards).refine(({ length }) => length > 0, 'no path'),
      weights: listOf(weightSchema, modelLimits.weights),
    }),
    modelLimits.shards,
  ),
});
export type TfjsFile = z.infer<typeof tfjsFileSchema>;

const sideSchema = z.union([z.number(), z.string()]).nullish();
const signatureSchema = z.object({
  inputs: z.record(z.string(), z.unknown()),
  outputs: z.record(z.string(), z.unknown()),
});
const signatureTensorSchema = z.object({
  name: z.string(),
  dtype: z.string().optional(),
  tensorShape: z.object({ dim: listOf(z.object({ size: sideSchema }), dimensions).optional() }).optional(),
});
const kerasModelSchema = z.object({ class_name: z.string(), config: z.unknown() });
const kerasLayerSchema = z.object({
  class_name: z.string(),
  name: z.string().optional(),
  config: z.looseObject({
    name: z.string().optional(),
    units: z.number().int().optional(),
    filters: z.number().int().optional().catch(undefined),
    data_format: z.string().optional().catch(undefined),
    dtype: z.string().optional(),
    batch_input_shape: listOf(z.number().nullable(), dimensions).optional(),
    batch_shape: listOf(z.number().nullable(), dimensions).optional(),
  }),
});
const kerasConfigSchema = z.object({
  layers: listOf(kerasLayerSchema, modelLimits.layers),
  output_layers: listOf(z.tuple([z.string()]).rest(z.unknown()), modelLimits.inputsOrOutputs).optional(),
});
type KerasLayer = z.infer<typeof kerasLayerSchema>;

const edgesSchema = z.array(z.string()).catch([]);

/** The bytes of one value, by the type it is stored as. */
const valueBytes: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  uint32: 4,
  float16: 2,
  uint16: 2,
  uint8: 1,
  int8: 1,
  bool: 1,
  complex64: 8,
};

/**
 * Reads the inputs and outputs of a TF.js model.
 *
 * @param wanted - names of inner tensors that are asked for
 * @throws ZodError where it is neither a layers model nor a graph model
 */
export function describeTfjs(file: TfjsFile, wanted: readonly string[] = []): ModelDescription {
  const inner = new InnerTensors(wanted);
  for (const { name, shape } of file.weightsManifest.flatMap(({ weights }) => weights)) {
    inner.add('weights', name, shape);
  }
  const isGraph = file.format === 'graph-model' || file.modelTopology.node;
  return { ...(isGraph ? describeGraph(file, inner) : describeLayers(file, inner)), inner };
}

type InputsAndOutputs = Omit<ModelDescription, 'inner'>;

/** How many bytes the weight files of one group must have together; null where a type's size is not known. */
export function expectedWeightBytes(group: TfjsFile['weightsManifest'][number]): number | null {
  let total = 0;
  for (const { shape, dtype, quantization } of group.weights) {
    const bytes = valueBytes[quantization?.dtype ?? dtype];
    if (bytes === undefined) return null;
    total += bytes * shape.reduce((product, side) => product * side, 1);
  }
  return total;
}

function describeGraph(file: TfjsFile, inner: InnerTensors): InputsAndOutputs {
  for (const { name, op } of file.modelTopology.node ?? []) {
    if (op !== 'Const' && op !== 'Placeholder') inner.add('features', name, null);
  }
  const signature = signatureSchema.safeParse(file.signature);
  if (signature.success && Object.keys(signature.data.inputs).length > 0) {
    const read = (tensors: Record<string, unknown>) =>
      listOf(z.unknown(), modelLimits.inputsOrOutputs).parse(Object.values(tensors)).map(describeSignatureTensor);
    return { inputs: read(signature.data.inputs), outputs: read(signature.data.outputs) };
  }
  const nodes = file.modelTopology.node ?? [];
  const placeholders = nodes.filter(({ op }) => op === 'Placeholder');
  const used = new Set(nodes.flatMap((node) => edgesSchema.parse(node.input)).map(nameOfEdge));
  const ends = nodes.filter(({ name, op }) => !used.has(name) && op !== 'Placeholder' && op !== 'Const');
  const open = ({ name }: { name: string }): ModelTensor => ({ name, elementType: 'float32', shape: null });
  return { inputs: placeholders.map(open), outputs: ends.map(open) };
}

function describeSignatureTensor(value: unknown): ModelTensor {
  const { name, dtype = 'DT_FLOAT', tensorShape } = signatureTensorSchema.parse(value);
  const shape = tensorShape?.dim?.map(({ size }) => (Number(size) > 0 ? Number(size) : null)) ?? null;
  return { name: nameOfEdge(name), elementType: dtype === 'DT_FLOAT' ? 'float32' : dtype, shape };
}

/** `^name` waits for a node, `name:0` is its first output. */
function nameOfEdge(edge: string): string {
  return edge.replace(/^\^/, '').replace(/:0$/, '');
}

function describeLayers(file: TfjsFile, inner: InnerTensors): InputsAndOutputs {
  const model = kerasModelSchema.parse(file.modelTopology.model_config ?? file.modelTopology);
  // A Sequential of Keras 1 is the list itself.
  const config = kerasConfigSchema.parse(Array.isArray(model.config) ? { layers: model.config } : model.config);
  for (const layer of config.layers) inner.add('features', nameOf(layer), mapsOf(layer));
  const inputs = config.layers.filter((layer) => shapeOf(layer) !== undefined);
  const outputNames = config.output_layers && new Set(config.output_layers.map(([name]) => name));
  const outputs = outputNames
    ? config.layers.filter((layer) => outputNames.has(nameOf(layer)))
    : config.layers.slice(-1);
  return {
    inputs: inputs.map((layer) => ({
      name: nameOf(layer),
      elementType: layer.config.dtype ?? 'float32',
      shape: shapeOf(layer) ?? null,
    })),
    outputs: outputs.map((layer) => ({
      name: nameOf(layer),
      elementType: 'float32',
      shape: layer.config.units === undefined ? null : [null, layer.config.units],
    })),
  };
}

function nameOf(layer: KerasLayer): string {
  return layer.config.name ?? layer.name ?? layer.class_name;
}

function shapeOf({ config }: KerasLayer) {
  return config.batch_input_shape ?? config.batch_shape;
}

/** What a convolution gives has as many channels as it has filters. */
function mapsOf({ config: { filters, data_format: format } }: KerasLayer): ModelTensor['shape'] {
  if (filters === undefined) return null;
  return format === 'channels_first' ? [null, filters, null, null] : [null, null, null, filters];
}
