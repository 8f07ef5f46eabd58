import { makeSentence } from '@holdout/contracts';
import { modelLimits } from '../limits.js';
import { InnerTensors, type ModelDescription, type ModelTensor, type TensorShape } from './model-description.js';
import { ModelFault } from './model-fault.js';
import { type MessageShapes, type ScanEvent, scanProtobuf } from './protobuf-scan.js';

/** Weights that an ONNX model keeps in a file of its own. */
export interface ExternalData {
  readonly tensor: string;
  /** Relative to the model's own folder. */
  readonly location: string;
}

export interface OnnxDescription extends ModelDescription {
  readonly external: readonly ExternalData[];
}

/** The fields of onnx.proto (github.com/onnx/onnx, onnx/onnx.proto) that are of interest, by message and number. */
const shapes: MessageShapes = {
  Model: { 1: 'keep', 7: 'Graph', 20: 'Training', 25: 'Function' },
  Training: { 1: 'Subgraph', 2: 'Subgraph' },
  Function: { 7: 'InnerNode', 11: 'Attribute' },
  Graph: { 1: 'Node', 5: 'Weight', 11: 'Input', 12: 'Output', 13: 'Value', 15: 'SparseTensor' },
  SparseTensor: { 1: 'Tensor', 2: 'Tensor' },
  Node: { 2: 'keep', 5: 'Attribute' },
  // Of a function or a branch: what it gives has a name only there.
  InnerNode: { 5: 'Attribute' },
  Attribute: { 5: 'Tensor', 6: 'Subgraph', 10: 'Tensor', 11: 'Subgraph', 22: 'SparseTensor', 23: 'SparseTensor' },
  Subgraph: { 1: 'InnerNode', 5: 'Tensor', 15: 'SparseTensor' },
  Weight: { 1: 'keep', 8: 'keep', 13: 'Entry', 14: 'keep' },
  Tensor: { 8: 'keep', 13: 'Entry', 14: 'keep' },
  Entry: { 1: 'keep', 2: 'keep' },
  Input: { 1: 'keep', 2: 'Type' },
  Output: { 1: 'keep', 2: 'Type' },
  Value: { 1: 'keep', 2: 'Type' },
  Type: { 1: 'TensorType' },
  TensorType: { 1: 'keep', 2: 'Shape' },
  Shape: { 1: 'Dimension' },
  Dimension: { 1: 'keep', 2: 'keep' },
};

/** TensorProto.DataType, in its order. */
const elementTypes =
  'undefined float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 uint64 complex64 complex128 bfloat16'.split(
    ' ',
  );

/**
 * Reads the inputs and outputs of an ONNX model, and where its weights are, without reading the weights.
 *
 * @param wanted - names of inner tensors that are asked for
 * @throws Error where the bytes are no ONNX model
 */
export async function describeOnnx(
  chunks: AsyncIterable<Uint8Array>,
  wanted: readonly string[] = [],
): Promise<OnnxDescription> {
  const reading = new OnnxReading(wanted);
  await scanProtobuf(chunks, shapes, 'Model', (event) => reading.take(event));
  return reading.finish();
}

class OnnxReading {
  readonly #tensors: Record<'Input' | 'Output', ModelTensor[]> = { Input: [], Output: [] };
  readonly #initialised = new Set<string>();
  readonly #external: ExternalData[] = [];
  readonly #inner: InnerTensors;
  readonly #shapes = new Map<string, TensorShape>();
  readonly #wanted: ReadonlySet<string>;
  #hasGraph = false;
  #name = '';
  #elementType = 0;
  #shape: (number | null)[] | null = null;
  #dimension: number | null = null;
  #isExternal = false;
  #entries = new Map<string, string>();
  #entry = { key: '', value: '' };
  #sides: number[] = [];

  constructor(wanted: readonly string[]) {
    this.#wanted = new Set(wanted);
    this.#inner = new InnerTensors(wanted);
  }

  take(event: ScanEvent): void {
    if (event.event === 'value') this.#value(event.shape, event.field, event.value);
    else if (event.event === 'begin') this.#begin(event.shape);
    else this.#end(event.shape);
  }

  finish(): OnnxDescription {
    if (!this.#hasGraph) throw new ModelFault(makeSentence('found_onnx_without_graph', {}));
    // Older exporters list the weights among the inputs.
    const inputs = this.#tensors.Input.filter(({ name }) => !this.#initialised.has(name));
    for (const [name, shape] of this.#shapes) this.#inner.shape('features', name, shape);
    return { inputs, outputs: this.#tensors.Output, external: this.#external, inner: this.#inner };
  }

  #begin(shape: string): void {
    if (shape === 'Graph') this.#hasGraph = true;
    if (isValue(shape)) {
      this.#name = '';
      this.#elementType = 0;
      this.#shape = null;
    }
    if (shape === 'Shape') this.#shape = [];
    if (shape === 'Dimension') this.#dimension = null;
    if (isTensor(shape)) {
      this.#name = '';
      this.#sides = [];
      this.#isExternal = false;
      this.#entries = new Map();
    }
    if (shape === 'Entry') this.#entry = { key: '', value: '' };
  }

  #end(shape: string): void {
    if (shape === 'Dimension' && this.#shape)
      pushWithin(this.#shape, this.#dimension, modelLimits.dimensions, 'found_onnx_sides');
    if (shape === 'Input' || shape === 'Output') {
      const elementType = elementTypes[this.#elementType] ?? `type ${this.#elementType}`;
      const tensor = { name: this.#name, elementType, shape: this.#shape };
      pushWithin(this.#tensors[shape], tensor, modelLimits.inputsOrOutputs, 'found_onnx_ports');
    }
    // Where the shapes of inner values are told, and of the outputs, which are inner values too.
    if ((shape === 'Value' || shape === 'Output') && this.#wanted.has(this.#name)) {
      this.#shapes.set(this.#name, this.#shape);
    }
    if (shape === 'Entry') this.#entries.set(this.#entry.key, this.#entry.value);
    if (isTensor(shape)) {
      this.#initialised.add(this.#name);
      if (shape === 'Weight') this.#inner.add('weights', this.#name, this.#sides);
      const location = this.#entries.get('location');
      // A place that is named counts even where the tensor says that it is not used: readers differ.
      if (this.#isExternal || location !== undefined) {
        const data = { tensor: this.#name, location: location ?? '' };
        pushWithin(this.#external, data, modelLimits.weights, 'found_onnx_external');
      }
    }
  }

  #value(shape: string, field: number, value: number | Uint8Array): void {
    const text = typeof value === 'number' ? '' : new TextDecoder().decode(value);
    if (isValue(shape) && field === 1) this.#name = text;
    if (shape === 'Node') this.#inner.add('features', text, null);
    if (shape === 'Weight' && field === 1) {
      for (const side of typeof value === 'number' ? [value] : readPacked(value)) {
        pushWithin(this.#sides, side, modelLimits.dimensions, 'found_onnx_sides');
      }
    }
    if (isTensor(shape) && field === 8) this.#name = text;
    if (isTensor(shape) && field === 14) this.#isExternal = value === 1;
    if (shape === 'TensorType' && typeof value === 'number') this.#elementType = value;
    if (shape === 'Dimension' && field === 1 && typeof value === 'number') this.#dimension = value > 0 ? value : null;
    if (shape === 'Entry' && field === 1) this.#entry.key = text;
    if (shape === 'Entry' && field === 2) this.#entry.value = text;
  }
}

function isValue(shape: string): boolean {
  return shape === 'Input' || shape === 'Output' || shape === 'Value';
}

function isTensor(shape: string): boolean {
  return shape === 'Tensor' || shape === 'Weight';
}

/** Numbers that stand in one field together. What is cut off at the end is left out. */
function readPacked(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let [number, place] = [0, 0];
  for (const byte of bytes) {
    number += (byte & 0x7f) * 2 ** (7 * place);
    place += 1;
    if (byte >= 0x80) continue;
    numbers.push(number);
    [number, place] = [0, 0];
  }
  return numbers;
}

type Excess = 'found_onnx_sides' | 'found_onnx_ports' | 'found_onnx_external';

function pushWithin<T>(list: T[], item: T, limit: number, excess: Excess): void {
  if (list.length >= limit) throw new ModelFault(makeSentence(excess, { limit }));
  list.push(item);
}
