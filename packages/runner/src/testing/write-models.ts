import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResolvedModelManifest } from '@holdout/contracts';
import sharp from 'sharp';

/** A real model for an engine: from the mean of each channel to `outputs` values, `weights · means + bias`. */
export interface MeanModel {
  /** One row an output, one number a channel. */
  weights: number[][];
  bias: number[];
  side?: number;
  fixedBatchSize?: number;
}

export interface TestBundle {
  directory: string;
  manifest: ResolvedModelManifest;
}

/** The same model for either engine. */
export const writers = { onnx: writeOnnx, tfjs: writeTfjs };

const folders: string[] = [];

/** Removes what the writers made. */
export async function removeModels(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdout-runner-'));
  folders.push(folder);
  return folder;
}

async function writeOnnx(model: MeanModel): Promise<TestBundle> {
  const { weights, bias, side = 8, fixedBatchSize } = model;
  const channels = weights[0]?.length ?? 1;
  const graph = Buffer.concat([
    field(1, node('GlobalAveragePool', ['images'], ['pooled'])),
    field(1, node('Flatten', ['pooled'], ['means'])),
    field(1, Buffer.concat([node('Gemm', ['means', 'w', 'b'], ['values']), field(5, intAttribute('transB', 1))])),
    field(2, 'means'),
    field(5, tensor('w', [weights.length, channels], weights.flat())),
    field(5, tensor('b', [bias.length], bias)),
    field(11, value('images', [fixedBatchSize ?? 'n', channels, side, side])),
    field(12, value('values', [fixedBatchSize ?? 'n', weights.length])),
  ]);
  const directory = await makeFolder();
  await writeOnnxFile(directory, graph);
  return { directory, manifest: describeModel('onnx', 'model.onnx', 'nchw', channels, side, fixedBatchSize) };
}

/**
 * A valid model that ends the process of ONNX Runtime 1.30: it divides the least 32-bit integer by −1, which the
 * processor answers with an exception. The numbers depend on the input, so that nothing of it is worked out at its load.
 */
export async function writeCrashingOnnx(): Promise<TestBundle> {
  const side = 8;
  const cast = (from: string, to: string, type: number) =>
    Buffer.concat([node('Cast', [from], [to]), field(5, intAttribute('to', type))]);
  const graph = Buffer.concat([
    ...[
      node('GlobalAveragePool', ['images'], ['pooled']),
      node('Flatten', ['pooled'], ['means']),
      cast('means', 'whole', int32),
      node('Mul', ['whole', 'zero'], ['nothing']),
      node('Add', ['nothing', 'least'], ['dividend']),
      node('Add', ['nothing', 'minus'], ['divisor']),
      node('Div', ['dividend', 'divisor'], ['quotient']),
      cast('quotient', 'values', float32),
    ].map((each) => field(1, each)),
    field(2, 'crash'),
    ...[integer('zero', 0), integer('least', -(2 ** 31)), integer('minus', -1)].map((each) => field(5, each)),
    field(11, value('images', ['n', 1, side, side])),
    field(12, value('values', ['n', 1])),
  ]);
  const directory = await makeFolder();
  await writeOnnxFile(directory, graph);
  return { directory, manifest: describeModel('onnx', 'model.onnx', 'nchw', 1, side) };
}

export async function writeOnnxFile(directory: string, graph: Buffer): Promise<void> {
  const opset = Buffer.concat([field(1, ''), number(2, 17)]);
  await writeFile(join(directory, 'model.onnx'), Buffer.concat([number(1, 8), field(7, graph), field(8, opset)]));
}

/** Types of ONNX's `TensorProto`. */
const float32 = 1;
const int32 = 6;

function integer(name: string, content: number): Buffer {
  const raw = Buffer.from(Int32Array.of(content).buffer);
  return Buffer.concat([number(1, 1), number(2, int32), field(8, name), field(9, raw)]);
}

async function writeTfjs({ weights, bias, side = 8, fixedBatchSize }: MeanModel): Promise<TestBundle> {
  const channels = weights[0]?.length ?? 1;
  const layers = [
    {
      class_name: 'GlobalAveragePooling2D',
      config: { name: 'pool', batch_input_shape: [null, side, side, channels], data_format: 'channels_last' },
    },
    { class_name: 'Dense', config: { name: 'values', units: weights.length, activation: 'linear', use_bias: true } },
  ];
  const model = {
    format: 'layers-model',
    modelTopology: {
      keras_version: '2.15.0',
      backend: 'tensorflow',
      model_config: { class_name: 'Sequential', config: { name: 'm', layers } },
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          { name: 'values/kernel', shape: [channels, weights.length], dtype: 'float32' },
          { name: 'values/bias', shape: [bias.length], dtype: 'float32' },
        ],
      },
    ],
  };
  const transposed = Array.from({ length: channels }, (_, channel) => weights.map((row) => row[channel] ?? 0)).flat();
  const directory = await makeFolder();
  await writeFile(join(directory, 'model.json'), JSON.stringify(model));
  await writeFile(join(directory, 'weights.bin'), Buffer.from(Float32Array.from([...transposed, ...bias]).buffer));
  return { directory, manifest: describeModel('tfjs', 'model.json', 'nhwc', channels, side, fixedBatchSize) };
}

export function describeModel(
  engine: 'onnx' | 'tfjs',
  model: string,
  layout: 'nchw' | 'nhwc',
  channels: number,
  side: number,
  fixedBatchSize = 0,
): ResolvedModelManifest {
  return {
    name: 'test',
    engine,
    model,
    studyAggregation: 'mean',
    threshold: 0.5,
    input: {
      name: 'images',
      width: side,
      height: side,
      channels: channels === 1 ? 1 : 3,
      layout,
      resize: 'stretch',
      scale: 1 / 255,
      mean: Array<number>(channels).fill(0),
      std: Array<number>(channels).fill(1),
      fixedBatchSize: fixedBatchSize || null,
    },
    output: { name: 'values', activation: 'none', index: 0 },
  };
}

/** A PNG of one colour, or of one grey where a single number is given. */
export async function writePng(
  directory: string,
  name: string,
  colour: readonly number[],
  size = { width: 16, height: 16 },
) {
  const channels = colour.length === 1 ? 1 : 3;
  const pixels = Buffer.from(Array.from({ length: size.width * size.height }, () => colour).flat());
  const path = join(directory, name);
  await sharp(pixels, { raw: { ...size, channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png()
    .toFile(path);
  return { path };
}

export function node(kind: string, inputs: string[], outputs: string[]): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => field(1, name)),
    ...outputs.map((name) => field(2, name)),
    field(4, kind),
  ]);
}

export function intAttribute(name: string, content: number): Buffer {
  return Buffer.concat([field(1, name), number(3, content), number(20, 2)]);
}

export function tensor(name: string, sides: number[], values: number[]): Buffer {
  const raw = Buffer.from(Float32Array.from(values).buffer);
  return Buffer.concat([...sides.map((side) => number(1, side)), number(2, 1), field(8, name), field(9, raw)]);
}

export function value(name: string, shape: (number | string)[]): Buffer {
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
