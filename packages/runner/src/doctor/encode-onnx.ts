// ONNX's files are messages of Protocol Buffers; the places of their fields are those of onnx.proto.

/** A model of one graph, whose fields are encoded already. Operator set 17, for what reads ONNX 1.12 or newer. */
export function encodeModel(graph: Buffer): Buffer {
  const operators = Buffer.concat([field(1, ''), number(2, 17)]);
  return Buffer.concat([number(1, 8), field(7, graph), field(8, operators)]);
}

export function encodeNode(kind: string, inputs: string[], outputs: string[]): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => field(1, name)),
    ...outputs.map((name) => field(2, name)),
    field(4, kind),
  ]);
}

/** Each is a field 5 of its node. */
export function intAttribute(name: string, content: number): Buffer {
  return Buffer.concat([field(1, name), number(3, content), number(20, 2)]);
}

export function intsAttribute(name: string, contents: number[]): Buffer {
  return Buffer.concat([field(1, name), ...contents.map((content) => number(8, content)), number(20, 7)]);
}

/** Of 32-bit numbers, row by row. */
export function encodeTensor(name: string, sides: number[], values: Iterable<number>): Buffer {
  const raw = Buffer.from(Float32Array.from(values).buffer);
  return Buffer.concat([...sides.map((side) => number(1, side)), number(2, 1), field(8, name), field(9, raw)]);
}

/** Of an input or output: its name and its shape, of numbers and of names for sides that are free. */
export function describeTensor(name: string, shape: (number | string)[]): Buffer {
  const sides = shape.map((side) => field(1, typeof side === 'number' ? number(1, side) : field(2, side)));
  const type = field(1, Buffer.concat([number(1, 1), field(2, Buffer.concat(sides))]));
  return Buffer.concat([field(1, name), field(2, type)]);
}

/** Protobuf's wire format: a field of bytes, and a field of a number. */
export function field(place: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint(place * 8 + 2), varint(bytes.length), bytes]);
}

export function number(place: number, content: number): Buffer {
  return Buffer.concat([varint(place * 8), varint(content)]);
}

function varint(content: number): Buffer {
  const bytes: number[] = [];
  for (let rest = content; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
