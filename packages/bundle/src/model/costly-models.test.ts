import { expect, it } from 'vitest';
import { buildZip } from '../testing/build-zip.js';
import { catchRefusal } from '../testing/catch-refusal.js';
import { describeOnnx } from './describe-onnx.js';
import { scanProtobuf } from './protobuf-scan.js';

/** A TF.js bundle as large as the attacks were: a few kilobytes that unpack to megabytes of small things. */
function tfjsArchive(model: string) {
  return buildZip([
    { path: 'holdout.json', data: JSON.stringify({ name: 'x', engine: 'tfjs', model: 'model.json' }) },
    { path: 'model.json', data: model },
    { path: 'a' },
    { path: 'padding.bin', data: randomText(model.length / 100) },
  ]);
}

function layersModel(layers: number, outputs: number) {
  const layer = '{"class_name":"a","config":{}}';
  const config = `{"layers":[${Array(layers).fill(layer)}],"output_layers":[${Array(outputs).fill('["b"]')}]}`;
  return `{"format":"layers-model","modelTopology":{"class_name":"Model","config":${config}},"weightsManifest":[]}`;
}

function shardsModel(groups: number, pathsOfGroup: number) {
  const group = `{"paths":[${Array(pathsOfGroup).fill('"a"')}],"weights":[]}`;
  return `{"format":"graph-model","modelTopology":{"node":[]},"weightsManifest":[${Array(groups).fill(group)}]}`;
}

it.each([
  ['layers and outputs', layersModel(50_000, 300_000), /more than 20000/],
  ['outputs', layersModel(10, 2_000_000), /more than 1000/],
  ['shards of a group', shardsModel(1, 1_000_000), /more than 10000/],
  ['shards of many groups', shardsModel(9000, 20), /180000 weight files/],
  ['bytes', ' '.repeat(17 * 1024 ** 2), /at most 16777216/],
])('refuses a TF.js model with more %s than any has', async (_what, model, words) => {
  const refusal = await catchRefusal(tfjsArchive(model));
  expect(refusal.code).toBe('model_unreadable');
  expect(refusal.message).toMatch(words);
});

it('refuses an ONNX model of more fields than any has', async () => {
  const chunk = Uint8Array.from({ length: 64 * 1024 }, (_, index) => (index % 2 === 0 ? 8 : 1));
  async function* endless() {
    for (;;) yield chunk;
  }
  await expect(describeOnnx(endless())).rejects.toThrow('more than 5000000 fields');
});

it('waits for each chunk of a model, and for nothing within one', async () => {
  const chunk = Uint8Array.from({ length: 64 * 1024 }, (_, index) => (index % 2 === 0 ? 8 : 1));
  async function* chunks() {
    yield chunk;
    yield chunk;
  }
  // Whoever is told in between comes to his turn only where the scan waits.
  let turns = 0;
  let scanning = true;
  const count = (async () => {
    for (; scanning; turns += 1) await null;
  })();
  await scanProtobuf(chunks(), { Model: { 1: 'keep' } }, 'Model', () => {});
  scanning = false;
  await count;
  expect(turns).toBeLessThan(1000);
});

it('refuses an ONNX model with more outputs, sides or longer names than any has', async () => {
  const once = async function* (bytes: number[]) {
    yield Uint8Array.from(bytes);
  };
  const outputs = Array.from({ length: 1500 }, () => [0x62, 0]).flat();
  await expect(describeOnnx(once(message(0x3a, outputs)))).rejects.toThrow('more than 1000 inputs or outputs');
  const sides = Array.from({ length: 60 }, () => [0x0a, 0]).flat();
  const output = message(0x62, message(0x12, message(0x0a, message(0x12, sides))));
  await expect(describeOnnx(once(message(0x3a, output)))).rejects.toThrow('more than 32 sides');
  const name = message(0x62, message(0x0a, Array<number>(20_000).fill(65)));
  await expect(describeOnnx(once(message(0x3a, name)))).rejects.toThrow('takes 20000 bytes');
});

/** A field of bytes, by its key. */
function message(key: number, bytes: readonly number[]): number[] {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    length.push(rest < 128 ? rest : (rest & 127) | 128);
    if (rest < 128) return [key, ...length, ...bytes];
  }
}

/** Text that does not pack well: the ratio of an archive is limited. */
function randomText(length: number): string {
  let text = '';
  for (let seed = 1; text.length < length; seed = (seed * 48_271) % 2_147_483_647) text += seed.toString(36);
  return text;
}
