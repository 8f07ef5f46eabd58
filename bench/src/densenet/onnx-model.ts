import protobuf from 'protobufjs/minimal.js';

/** A side of a value's shape: a number, or a name where it is open. */
type Dimension = number | string;

interface Value {
  readonly name: string;
  readonly dimensions: readonly Dimension[];
}

type Attribute = number | readonly number[];

/**
 * Writes an ONNX model as its protocol buffers, node by node. Field numbers are those of onnx.proto3
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3); only what a convolutional net needs is here.
 */
export class OnnxModel {
  readonly #graph = protobuf.Writer.create();
  #values = 0;
  #parameters = 0;
  readonly #onWeights: (values: Float32Array) => void;

  /** @param onWeights - sees each tensor of weights that is added */
  constructor(onWeights: (values: Float32Array) => void = () => {}) {
    this.#onWeights = onWeights;
  }

  /** How many weights were added; those that are not learned (running statistics) are not counted. */
  get parameters(): number {
    return this.#parameters;
  }

  /** Adds a tensor of weights and returns its name. */
  addWeights(values: Float32Array, dimensions: readonly number[], learned = true): string {
    const name = this.#nextName('weights');
    if (learned) this.#parameters += values.length;
    this.#onWeights(values);
    const tensor = this.#graph.uint32(field(5)).fork();
    for (const dimension of dimensions) tensor.uint32(varintField(1)).int64(dimension);
    tensor.uint32(varintField(2)).int32(floatType);
    tensor.uint32(field(8)).string(name);
    tensor.uint32(field(9)).bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    tensor.ldelim();
    return name;
  }

  /** Adds an operator and returns the name of its output. */
  addNode(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output = this.#nextName(operator),
  ): string {
    const node = this.#graph.uint32(field(1)).fork();
    for (const input of inputs) node.uint32(field(1)).string(input);
    node.uint32(field(2)).string(output);
    node.uint32(field(4)).string(operator);
    for (const [name, value] of Object.entries(attributes)) writeAttribute(node, name, value);
    node.ldelim();
    return output;
  }

  /** The bytes of the whole model; nothing can be added after it. */
  finish(name: string, input: Value, output: Value): Uint8Array {
    this.#graph.uint32(field(2)).string(name);
    writeValue(this.#graph.uint32(field(11)), input);
    writeValue(this.#graph.uint32(field(12)), output);
    const model = protobuf.Writer.create();
    model.uint32(varintField(1)).int64(intermediateVersion);
    model.uint32(field(2)).string('holdout-bench');
    model.uint32(field(7)).bytes(this.#graph.finish());
    model.uint32(field(8)).fork().uint32(varintField(2)).int64(operatorSetVersion).ldelim();
    return model.finish();
  }

  #nextName(kind: string): string {
    this.#values++;
    return `${kind}_${this.#values}`;
  }
}

const floatType = 1;
const intermediateVersion = 8;
const operatorSetVersion = 13;

/** The tag of a field with a length: a string, bytes or a message. */
function field(number: number): number {
  return (number << 3) | 2;
}

function varintField(number: number): number {
  return number << 3;
}

function writeAttribute(node: protobuf.Writer, name: string, value: Attribute): void {
  const attribute = node.uint32(field(5)).fork();
  attribute.uint32(field(1)).string(name);
  if (typeof value === 'number' && Number.isInteger(value)) {
    attribute.uint32(varintField(3)).int64(value).uint32(varintField(20)).int32(2);
  } else if (typeof value === 'number') {
    attribute
      .uint32((2 << 3) | 5)
      .float(value)
      .uint32(varintField(20))
      .int32(1);
  } else {
    for (const item of value) attribute.uint32(varintField(8)).int64(item);
    attribute.uint32(varintField(20)).int32(7);
  }
  attribute.ldelim();
}

function writeValue(writer: protobuf.Writer, { name, dimensions }: Value): void {
  const value = writer.fork();
  value.uint32(field(1)).string(name);
  const tensor = value.uint32(field(2)).fork().uint32(field(1)).fork();
  tensor.uint32(varintField(1)).int32(floatType);
  const shape = tensor.uint32(field(2)).fork();
  for (const dimension of dimensions) {
    const side = shape.uint32(field(1)).fork();
    if (typeof dimension === 'number') side.uint32(varintField(1)).int64(dimension);
    else side.uint32(field(2)).string(dimension);
    side.ldelim();
  }
  shape.ldelim();
  tensor.ldelim().ldelim();
  value.ldelim();
}
