import { createReadStream } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { describeOnnx } from '@holdout/bundle';

/**
 * Makes tensors inside an ONNX model outputs of it. Protobuf reads a message that comes twice as one: what is appended to
 * the file is merged into its graph, and nothing of it is read or written anew, however large it is and wherever its
 * weights lie. protobuf.dev/programming-guides/encoding, “Last One Wins”.
 *
 * @param path - of a copy that is ours
 */
export async function exposeTensors(path: string, names: readonly string[]): Promise<void> {
  const { outputs } = await describeOnnx(createReadStream(path));
  const known = new Set(outputs.map(({ name }) => name));
  const missing = [...new Set(names)].filter((name) => !known.has(name));
  if (missing.length === 0) return;
  // ModelProto.graph, GraphProto.output and ValueInfoProto.name; the engine infers types and shapes.
  await appendFile(path, field(7, Buffer.concat(missing.map((name) => field(12, field(1, Buffer.from(name)))))));
}

/** Protobuf's wire format: a field of bytes. */
function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

function varint(content: number): Buffer {
  const bytes: number[] = [];
  for (let rest = content; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
