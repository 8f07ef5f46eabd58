import {
  encodeOnnx,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  onnxTypes,
} from './onnx-schema.js';

/** A side of a shape: a number, or a name where it is open. */
type Side = number | string;
type AttributeValue = number | readonly number[] | { readonly float: number };

/** The first operator set with every operator used here in its present form that the project's engines know is 13. */
const operatorSet = 17;
/** The one that came with it. */
const intermediateVersion = 8;

/** Gathers nodes and weights, and writes them as an ONNX file. */
export class OnnxGraph {
  readonly #nodes: OnnxNode[] = [];
  readonly #weights: OnnxTensor[] = [];
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #inner: OnnxValue[] = [];

  addInput(name: string, shape: readonly Side[]): void {
    this.#inputs.push(describeValue(name, shape));
  }

  addOutput(name: string, shape: readonly Side[]): void {
    this.#outputs.push(describeValue(name, shape));
  }

  /** Says the shape of a value inside, for those who ask for it by name. */
  addInner(name: string, shape: readonly Side[]): void {
    this.#inner.push(describeValue(name, shape));
  }

  /** @returns the name */
  addWeights(name: string, values: Float32Array, dims: readonly number[]): string {
    const raw_data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#weights.push({ name, dims, data_type: onnxTypes.float, raw_data });
    return name;
  }

  /** @returns the name */
  addIntegers(name: string, values: readonly number[]): string {
    const raw_data = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#weights.push({ name, dims: [values.length], data_type: onnxTypes.int64, raw_data });
    return name;
  }

  /** Adds an operator; its only output has its name. */
  addNode(
    operator: string,
    name: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): void {
    const attribute = Object.entries(attributes).map(([name, value]) => describeAttribute(name, value));
    this.#nodes.push({ name, op_type: operator, input: inputs, output: [name], attribute });
  }

  encode(name: string): Uint8Array {
    return encodeOnnx({
      ir_version: intermediateVersion,
      producer_name: 'holdout',
      opset_import: [{ domain: '', version: operatorSet }],
      graph: {
        name,
        node: this.#nodes,
        initializer: this.#weights,
        input: this.#inputs,
        output: this.#outputs,
        value_info: this.#inner,
      },
    });
  }
}

function describeValue(name: string, shape: readonly Side[]): OnnxValue {
  const dim = shape.map((side) => (typeof side === 'number' ? { dim_value: side } : { dim_param: side }));
  return { name, type: { tensor_type: { elem_type: onnxTypes.float, shape: { dim } } } };
}

/** Types are those of `AttributeProto.AttributeType`: FLOAT 1, INT 2, INTS 7. */
function describeAttribute(name: string, value: AttributeValue): OnnxAttribute {
  if (typeof value === 'number') return { name, type: 2, i: value };
  return 'float' in value ? { name, type: 1, f: value.float } : { name, type: 7, ints: value };
}
