import { z } from 'zod';
import type { OnnxModel } from '../onnx/onnx-schema.js';
import type { NamedTensor } from './safetensors.js';

/** What a layer's weights are called, by what they are: `kernel`, `gamma`, … */
export interface GraphLayer {
  readonly kind: LayerKind;
  readonly weights: Readonly<Record<string, string>>;
  /** What a normalisation adds to the variance; null where the file does not say. */
  readonly epsilon: number | null;
}

export type LayerKind = 'convolution' | 'normalisation' | 'classifier';

/** An operation of a graph, of whichever format: what it is made from comes before it. */
interface GraphNode {
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly epsilon: number | null;
}

const kinds: Readonly<Record<string, LayerKind>> = {
  ...{ Conv: 'convolution', Conv2D: 'convolution', _FusedConv2D: 'convolution' },
  ...{ BatchNormalization: 'normalisation', FusedBatchNorm: 'normalisation' },
  ...{ FusedBatchNormV2: 'normalisation', FusedBatchNormV3: 'normalisation' },
  ...{ Gemm: 'classifier', MatMul: 'classifier', _FusedMatMul: 'classifier' },
};
/** In the order in which an operation takes them, after what comes in. */
const weightsOf: Readonly<Record<LayerKind, readonly string[]>> = {
  convolution: ['kernel', 'bias'],
  normalisation: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
  classifier: ['kernel', 'bias'],
};
const additions = ['Add', 'AddV2', 'BiasAdd'];
/** They give a weight as it is, or its sides in another order, which its shape tells. */
const passing = ['Identity', 'Transpose'];

/** The layers with weights of an ONNX graph, in the order in which an image passes them. */
export function listOnnxLayers({ node, initializer }: OnnxModel['graph']): GraphLayer[] {
  const nodes = node.map(({ op_type, input, output, attribute }) => {
    const epsilon = attribute.find(({ name }) => name === 'epsilon')?.f ?? 1e-5;
    return { operation: op_type, inputs: input, outputs: output, epsilon };
  });
  return listLayers(nodes, new Set(initializer.map(({ name }) => name)));
}

const graphModelSchema = z.object({
  node: z.array(
    z.looseObject({
      name: z.string(),
      op: z.string(),
      input: z.array(z.string()).default([]),
      attr: z.looseObject({ epsilon: z.object({ f: z.number() }).optional() }).default({}),
    }),
  ),
});

/** The same of a graph model of TF.js, whose nodes come in any order; of a layers model by the names of its weights. */
export function listTfjsLayers(topology: unknown, tensors: readonly NamedTensor[]): GraphLayer[] {
  const graph = graphModelSchema.safeParse(topology);
  if (!graph.success) return listNamedLayers(tensors);
  const nodes = graph.data.node.map(({ name, op, input, attr }) => {
    // `^name` only says what must be done before.
    const inputs = input.filter((each) => !each.startsWith('^')).map((each) => each.replace(/:\d+$/, ''));
    return { operation: op, inputs, outputs: [name], epsilon: attr.epsilon?.f ?? 1e-4 };
  });
  return listLayers(sortNodes(nodes), new Set(tensors.map(({ name }) => name)));
}

function listLayers(nodes: readonly GraphNode[], constants: ReadonlySet<string>): GraphLayer[] {
  const sources = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const findWeight = (name: string): string | null => {
    if (constants.has(name)) return name;
    const source = sources.get(name);
    const [input] = source && passing.includes(source.operation) ? source.inputs : [];
    return input === undefined ? null : findWeight(input);
  };
  const layers: { kind: LayerKind; weights: Record<string, string>; epsilon: number | null }[] = [];
  const biased = new Map<string, Record<string, string>>();
  for (const { operation, inputs, outputs, epsilon } of nodes) {
    const kind = kinds[operation];
    if (kind) {
      const names = weightsOf[kind].map((weight, place) => [weight, findWeight(inputs[place + 1] ?? '')] as const);
      const weights = Object.fromEntries(names.flatMap(([weight, name]) => (name === null ? [] : [[weight, name]])));
      // Of matrices that are no weights no layer is made.
      if (Object.keys(weights).length === 0) continue;
      layers.push({ kind, weights, epsilon: kind === 'normalisation' ? epsilon : null });
      if (kind !== 'normalisation') biased.set(outputs[0] ?? '', weights);
    } else if (additions.includes(operation)) {
      const weights = inputs.map((input) => biased.get(input)).find((found) => found);
      const bias = inputs.map(findWeight).find((name) => name !== null);
      if (weights && bias) weights.bias ??= bias;
    }
  }
  return layers;
}

/** So that each stands after what it is made from. */
function sortNodes(nodes: readonly GraphNode[]): GraphNode[] {
  const byOutput = new Map(nodes.map((node) => [node.outputs[0] ?? '', node]));
  const sorted = new Set<GraphNode>();
  const begun = new Set<GraphNode>();
  const place = (node: GraphNode | undefined) => {
    if (!node || begun.has(node)) return;
    begun.add(node);
    for (const input of node.inputs) place(byOutput.get(input));
    sorted.add(node);
  };
  nodes.forEach(place);
  return [...sorted];
}

/** Weights as `layer/kernel`, those of a layer together and the layers in their order, as Keras and TF.js keep them. */
export function listNamedLayers(tensors: readonly { readonly name: string; readonly shape: readonly number[] }[]) {
  const layers = new Map<string, NamedLayer>();
  for (const { name, shape } of tensors) {
    const [, layer = '', weight = ''] = /^(.*)\/(\w+)(?::0)?$/.exec(name) ?? [];
    const ofKernel = shape.length === 4 ? 'convolution' : 'classifier';
    const kind = weight === 'kernel' ? ofKernel : 'normalisation';
    const known = layers.get(layer) ?? { name: layer, kind, weights: {}, epsilon: null };
    known.weights[weight] = name;
    layers.set(layer, known);
  }
  return [...layers.values()];
}

interface NamedLayer extends GraphLayer {
  readonly name: string;
  readonly weights: Record<string, string>;
}
