import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openArchive } from './archive/open-archive.js';
import { packBundle } from './pack-bundle.js';
import { buildOnnx, type OnnxParts } from './testing/build-onnx.js';
import { buildTarGz } from './testing/build-tar-gz.js';
import { buildZip } from './testing/build-zip.js';
import { catchRefusal, openAndCheck, toSource } from './testing/catch-refusal.js';

type Fields = Record<string, unknown>;

function onnxBundle(fields: Fields = {}, model: OnnxParts = {}, more: { path: string; data: string }[] = []) {
  const manifest = { name: 'A model', engine: 'onnx', model: 'model.onnx', ...fields };
  return buildZip([
    { path: 'holdout.json', data: JSON.stringify(manifest) },
    { path: 'model.onnx', data: buildOnnx(model) },
    ...more,
  ]);
}

/** Two dense weights of 12 bytes each in two shards of 12 bytes. */
function tfjsBundle({ fields = {}, shards = [12, 12], side = 32 as number | null } = {}) {
  const manifest = { name: 'A model', engine: 'tfjs', model: 'tfjs/model.json', ...fields };
  const layers = [
    { class_name: 'GlobalMaxPooling2D', config: { name: 'pool', batch_input_shape: [null, side, side, 3] } },
    { class_name: 'Dense', config: { name: 'dense', units: 2 } },
  ];
  const weights = ['a', 'b'].map((name) => ({ name, shape: [3], dtype: 'float32' }));
  const paths = shards.map((_, index) => `shard${index + 1}.bin`);
  const model = {
    format: 'layers-model',
    modelTopology: { model_config: { class_name: 'Sequential', config: { layers } } },
    weightsManifest: [{ paths: ['shard1.bin', 'shard2.bin'], weights }],
  };
  return buildZip([
    { path: 'holdout.json', data: JSON.stringify(manifest) },
    { path: 'tfjs/model.json', data: JSON.stringify(model) },
    ...shards.map((size, index) => ({ path: `tfjs/${paths[index]}`, data: Buffer.alloc(size) })),
  ]);
}

/** Not packed any smaller, so that what is nested beside it may be. */
const padding = { path: 'padding', data: randomBytes(100_000) };
const nest = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** A bundle whose manifest is that of a model. */
async function openModel(archive: Uint8Array) {
  const checked = await openAndCheck(archive);
  if (checked.manifest.engine === 'command') throw new Error('This is no model.');
  return { ...checked, manifest: checked.manifest };
}

describe('the manifest', () => {
  it('is filled in with what an ONNX model tells', async () => {
    const { manifest } = await openModel(onnxBundle({}, { inputs: [{ name: 'x', shape: [4, 3, 224, 200] }] }));
    expect(manifest.input).toEqual({
      name: 'x',
      width: 200,
      height: 224,
      channels: 3,
      layout: 'nchw',
      resize: 'stretch',
      scale: 1 / 255,
      mean: [0, 0, 0],
      std: [1, 1, 1],
      fixedBatchSize: 4,
    });
    expect(manifest).toMatchObject({
      studyAggregation: 'mean',
      threshold: 0.5,
      output: { name: 'probability', activation: 'none', index: 0 },
    });
  });

  it('is filled in with what a TF.js model tells', async () => {
    const { manifest } = await openModel(tfjsBundle({ fields: { output: { index: 1, activation: 'softmax' } } }));
    expect(manifest.input).toMatchObject({ width: 32, height: 32, channels: 3, layout: 'nhwc', fixedBatchSize: null });
    expect(manifest.output).toEqual({ name: 'dense', activation: 'softmax', index: 1 });
  });

  it('fills what the model leaves open, and spreads one mean over all channels', async () => {
    const fields = { input: { width: 64, height: 48, layout: 'nchw', channels: 3, mean: [0.5] } };
    const { manifest } = await openModel(onnxBundle(fields, { inputs: [{ name: 'x', shape: ['n', 'c', 'h', 'w'] }] }));
    expect(manifest.input).toMatchObject({ width: 64, height: 48, channels: 3, mean: [0.5, 0.5, 0.5] });
  });

  it('is needed, at the top', async () => {
    expect((await catchRefusal(buildZip([{ path: 'model.onnx', data: buildOnnx() }]))).code).toBe('manifest_missing');
    const deep = await catchRefusal(
      buildZip([
        { path: 'a/holdout.json', data: '{}' },
        { path: 'b/model.onnx', data: '' },
      ]),
    );
    expect(deep.message).toContain('It is at a/holdout.json; it belongs at the top.');
    const kit = await catchRefusal(
      buildZip([
        { path: 'kit/bundles/onnx/holdout.json', data: '{}' },
        { path: 'kit/bundles/tfjs/holdout.json', data: '{}' },
      ]),
    );
    expect(kit.message).toContain('It has several bundles: kit/bundles/onnx, kit/bundles/tfjs; choose one');
  });

  it('must be JSON', async () => {
    const refusal = await catchRefusal(buildZip([{ path: 'holdout.json', data: '{"name": }' }]));
    expect(refusal.code).toBe('manifest_invalid');
    expect(refusal.message).toContain('no JSON');
  });

  it('is refused like any other, however deep it is nested', async () => {
    const open = await catchRefusal(buildZip([{ path: 'holdout.json', data: '['.repeat(1_000_000) }, padding]));
    expect(open).toMatchObject({ code: 'manifest_invalid', problems: [{ found: expect.stringContaining('no JSON') }] });
    const data = `{"name":${nest(400_000)},"engine":"onnx","model":"model.onnx"}`;
    const closed = await catchRefusal(buildZip([{ path: 'holdout.json', data }, padding]));
    expect(closed).toMatchObject({ code: 'manifest_invalid', problems: [{ field: 'name', found: '…' }] });
  });

  it.each([
    ['engine', { engine: 'pytorch' }, 'onnx'],
    ['name', { name: '' }, 'a text that is not empty'],
    ['name', { name: '   ' }, 'a text that is not empty'],
    ['name', { name: '\u001b[31mred' }, 'text without control characters'],
    ['description', { description: 'turned \u202e round' }, 'text without control characters'],
    ['model', { model: '../model.onnx' }, 'a relative path inside the bundle'],
    ['model', { model: '/model.onnx' }, 'a relative path inside the bundle'],
    ['threshold', { threshold: 1.5 }, 'at most 1.'],
    ['input.width', { input: { width: 5000 } }, 'at most 4096.'],
    ['input.scale', { input: { scale: 0 } }, 'more than 0.'],
    ['input.channels', { input: { channels: 2 } }, 'one of 1, 3'],
    ['input.mean', { input: { mean: [0, 0, 0, 0] } }, 'at most 3 values'],
    ['input.std', { input: { std: [0] } }, 'more than 0'],
    ['studyAggregation', { studyAggregation: 'median' }, 'one of "mean", "max"'],
    ['colour', { colour: 'blue' }, 'no such field'],
    ['link', { link: 'javascript:alert(1)' }, 'an address that begins with https:// or http://'],
  ])('names the field %s, what stands there in %j and what belongs there', async (field, fields, expected) => {
    const refusal = await catchRefusal(onnxBundle(fields));
    expect(refusal.code).toBe('manifest_invalid');
    const problem = refusal.problems.find((each) => each.field === field);
    expect(problem).toMatchObject({ file: 'holdout.json' });
    expect(problem?.message).toMatch(/: found .+; expected .+\.$/);
    expect(`${problem?.message}`).toContain(expected);
  });

  it.each([
    ['input.width', ['n', 3, 64, 20_000], 'found 20000; expected at most 4096'],
    ['input.fixedBatchSize', [100_000, 3, 64, 64], 'found 100000; expected at most 1024'],
  ])('keeps to its limits in what the model tells of %s', async (field, shape, words) => {
    const refusal = await catchRefusal(onnxBundle({}, { inputs: [{ name: 'x', shape }] }));
    expect(refusal.problems.find((each) => each.field === field)?.message).toContain(words);
  });

  it('reports all its problems at once', async () => {
    const refusal = await catchRefusal(
      onnxBundle({ threshold: 2, studyAggregation: 'x', input: { width: -1 }, more: 1 }),
    );
    expect(refusal.problems.map(({ field }) => field).sort()).toEqual([
      'input.width',
      'more',
      'studyAggregation',
      'threshold',
    ]);
  });
});

describe('manifest against model', () => {
  it.each([
    ['input.width', { input: { width: 128 } }, '64'],
    ['input.height', { input: { height: 128 } }, '64'],
    ['input.channels', { input: { channels: 3 } }, '1'],
    ['input.mean', { input: { mean: [0.1, 0.2] } }, '1'],
    ['output.name', { output: { name: 'nope' } }, 'probability'],
    ['output.index', { output: { index: 1 } }, '1'],
  ])('contradicts %s', async (field, fields, told) => {
    const refusal = await catchRefusal(onnxBundle(fields));
    expect(refusal.code).toBe('manifest_contradicts_model');
    expect(refusal.problems[0]).toMatchObject({ file: 'holdout.json', field });
    expect(refusal.problems[0]?.expected).toContain(told);
  });

  it('asks for what neither tells', async () => {
    const open = await catchRefusal(onnxBundle({}, { inputs: [{ name: 'x', shape: ['n', 1, 'h', 'w'] }] }));
    expect(open.problems.map(({ field }) => field)).toEqual(['input.width', 'input.height']);
    const two = await catchRefusal(onnxBundle({}, { outputs: [{ name: 'p', shape: ['n', 2] }] }));
    expect(two.problems[0]?.field).toBe('output.index');
    const unclear = await catchRefusal(onnxBundle({}, { inputs: [{ name: 'x', shape: ['n', 3, 64, 3] }] }));
    expect(unclear.problems[0]?.field).toBe('input.layout');
  });

  it.each<[string, OnnxParts]>([
    ['half precision', { inputs: [{ name: 'x', shape: ['n', 1, 64, 64], elementType: 10 }] }],
    [
      'two inputs',
      {
        inputs: [
          { name: 'x', shape: ['n', 1, 64, 64] },
          { name: 'y', shape: ['n', 1] },
        ],
      },
    ],
    ['three dimensions', { inputs: [{ name: 'x', shape: ['n', 64, 64] }] }],
    [
      'two outputs without a name',
      {
        outputs: [
          { name: 'p', shape: ['n', 1] },
          { name: 'q', shape: ['n', 1] },
        ],
      },
    ],
  ])('refuses %s', async (_what, model) => {
    expect((await catchRefusal(onnxBundle({}, model))).code).toBe('model_unsupported');
  });
});

describe('the model file', () => {
  it('must be in the bundle', async () => {
    const refusal = await catchRefusal(onnxBundle({ model: 'other.onnx' }));
    expect(refusal.code).toBe('model_missing');
    expect(refusal.message).toContain('other.onnx');
  });

  it.each(['', 'not a model at all', '\x08\xff'])('must be readable: %j', async (text) => {
    const manifest = JSON.stringify({ name: 'A', engine: 'onnx', model: 'model.onnx' });
    const bytes = buildZip([
      { path: 'holdout.json', data: manifest },
      { path: 'model.onnx', data: Buffer.from(text, 'latin1') },
    ]);
    expect((await catchRefusal(bytes)).code).toBe('model_unreadable');
  });

  it('is refused like any other, however deep it is nested', async () => {
    const manifest = JSON.stringify({ name: 'A', engine: 'tfjs', model: 'model.json' });
    for (const data of ['['.repeat(16_000_000), `{"modelTopology":{"config":${nest(1_000_000)}}}`]) {
      const files = [{ path: 'holdout.json', data: manifest }, { path: 'model.json', data }, padding];
      expect((await catchRefusal(buildZip(files))).code).toBe('model_unreadable');
    }
  });

  it.each(['../weights.bin', '/weights.bin', 'missing.bin', 'C:\\weights.bin'])(
    'may not keep weights in %j',
    async (location) => {
      const refusal = await catchRefusal(onnxBundle({}, { weights: [{ name: 'w', location }] }));
      expect(refusal.code).toBe('model_external_data');
      const devious = { weights: [{ name: 'w', location, isDevious: true }] };
      expect((await catchRefusal(onnxBundle({}, devious))).code).toBe('model_external_data');
    },
  );

  it('may keep weights in another file of the bundle', async () => {
    const more = [{ path: 'weights.bin', data: 'x' }];
    await openAndCheck(onnxBundle({}, { weights: [{ name: 'w', location: 'weights.bin' }] }, more));
  });

  it('must have all weight files, of the right size', async () => {
    const fields = { output: { index: 0 } };
    expect((await catchRefusal(tfjsBundle({ fields, shards: [12] }))).message).toContain('tfjs/shard2.bin');
    const short = await catchRefusal(tfjsBundle({ fields, shards: [12, 8] }));
    expect(short.code).toBe('model_shard_invalid');
    expect(short.message).toContain('found 20 bytes; expected 24 bytes');
  });

  it('has its problems reported together with the manifest’s', async () => {
    const refusal = await catchRefusal(tfjsBundle({ fields: { input: { width: 99 } }, shards: [12] }));
    expect(refusal.problems.map(({ code }) => code).sort()).toEqual([
      'manifest_contradicts_model',
      'manifest_invalid',
      'model_shard_invalid',
    ]);
  });
});

it('packs the same files always to the same bytes, and finds in them what was packed', async () => {
  const tar = await buildTarGz([
    { path: 'model.onnx', data: buildOnnx() },
    { path: 'holdout.json', data: '{"name":"A","engine":"onnx","model":"model.onnx"}' },
  ]);
  const pack = async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of packBundle(await openArchive(toSource(tar)))) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  const [first, second] = [await pack(), await pack()];
  expect(first.equals(second)).toBe(true);
  expect((await openAndCheck(first)).manifest.name).toBe('A');
});
