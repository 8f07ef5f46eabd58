/** What a test wants of an ONNX file: enough for the check, not for an engine. */
export interface OnnxParts {
  inputs?: { name: string; shape: (number | string)[]; elementType?: number }[];
  outputs?: { name: string; shape: (number | string)[] }[];
  /** Names of weights with their bytes, or the place of an external file. */
  weights?: OnnxWeight[];
  /** What its nodes give, with the shapes where the file tells them. */
  inner?: { name: string; shape?: (number | string)[] }[];
}

interface OnnxWeight {
  name: string;
  sides?: number[];
  bytes?: number;
  location?: string;
  /** Written in an order that the format allows and no exporter uses, with a number that others read as 1. */
  isDevious?: boolean;
}

/** Writes an ONNX ModelProto by hand, field by field (onnx.proto of github.com/onnx/onnx). */
export function buildOnnx({
  inputs = [{ name: 'images', shape: ['n', 1, 64, 64] }],
  outputs = [{ name: 'probability', shape: ['n', 1] }],
  weights = [{ name: 'weight', bytes: 5000 }],
  inner = [],
}: OnnxParts = {}): Uint8Array {
  const graph = [
    ...inner.map(({ name }) => field(1, Buffer.concat([field(2, name), field(4, 'Relu')]))),
    ...inner.flatMap(({ name, shape }) => (shape ? [field(13, buildValue({ name, shape }))] : [])),
    ...weights.map((weight) => field(5, buildTensor(weight))),
    ...inputs.map((input) => field(11, buildValue(input))),
    ...outputs.map((output) => field(12, buildValue(output))),
  ];
  return Buffer.concat([varintField(1, 8), field(2, 'holdout-test'), field(7, Buffer.concat(graph))]);
}

function buildTensor({ name, sides = [], bytes = 0, location, isDevious = false }: OnnxWeight): Buffer {
  const entry = (key: string, value: string) => {
    const parts = [field(1, key), field(2, value)];
    return field(13, Buffer.concat(isDevious ? parts.reverse() : parts));
  };
  const data =
    location === undefined
      ? [field(9, Buffer.alloc(bytes))]
      : [entry('location', location), varintField(14, isDevious ? 2 ** 32 + 1 : 1)];
  // As exporters write them, together in one field; or each by itself, which readers take as well.
  const shape = isDevious
    ? sides.map((side) => varintField(1, side))
    : [field(1, Buffer.concat(sides.map((side) => varint(side))))];
  return Buffer.concat([...shape, varintField(2, 1), field(8, name), ...data]);
}

function buildValue({
  name,
  shape,
  elementType = 1,
}: {
  name: string;
  shape: (number | string)[];
  elementType?: number;
}) {
  const sides = shape.map((side) => field(1, typeof side === 'number' ? varintField(1, side) : field(2, side)));
  const tensor = Buffer.concat([varintField(1, elementType), field(2, Buffer.concat(sides))]);
  return Buffer.concat([field(1, name), field(2, field(1, tensor))]);
}

function field(number: number, value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varintField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
