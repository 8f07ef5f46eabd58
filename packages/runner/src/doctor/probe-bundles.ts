import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolvedCommandManifest, ResolvedManifest, ResolvedModelManifest } from '@holdout/contracts';

/** The smallest bundle of an engine: what it is given for a white picture is 1. */
export interface ProbeBundle {
  readonly manifest: ResolvedManifest;
  readonly unpack: (directory: string) => Promise<void>;
}

/** GlobalAveragePool → Flatten → Gemm with the weight 1, opset 17. */
const onnxModel =
  'CAg60AEKIwoGaW1hZ2VzEgZwb29sZWQiEUdsb2JhbEF2ZXJhZ2VQb29sChgKBnBvb2xlZBIFbWVhbnMiB0ZsYXR0ZW4KKgoFbWVhbnMKAXcKAWISBnZh' +
  'bHVlcyIER2VtbSoNCgZ0cmFuc0IYAaABAhIFbWVhbnMqDwgBCAEQAUIBd0oEAACAPyoNCAEQAUIBYkoEAAAAAFohCgZpbWFnZXMSFwoVCAESEQoDEgFu' +
  'CgIIAQoCCAgKAggIYhkKBnZhbHVlcxIPCg0IARIJCgMSAW4KAggBQgQKABAR';

const tfjsModel = {
  format: 'layers-model',
  modelTopology: {
    keras_version: '2.15.0',
    backend: 'tensorflow',
    model_config: {
      class_name: 'Sequential',
      config: {
        name: 'probe',
        layers: [
          {
            class_name: 'GlobalAveragePooling2D',
            config: { name: 'pool', batch_input_shape: [null, 8, 8, 1], data_format: 'channels_last' },
          },
          { class_name: 'Dense', config: { name: 'values', units: 1, activation: 'linear', use_bias: true } },
        ],
      },
    },
  },
  weightsManifest: [
    {
      paths: ['weights.bin'],
      weights: [
        { name: 'values/kernel', shape: [1, 1], dtype: 'float32' },
        { name: 'values/bias', shape: [1], dtype: 'float32' },
      ],
    },
  ],
};

function describeModel(engine: 'onnx' | 'tfjs'): ResolvedModelManifest {
  return {
    name: 'probe',
    engine,
    model: engine === 'onnx' ? 'model.onnx' : 'model.json',
    studyAggregation: 'mean',
    threshold: 0.5,
    input: {
      name: 'images',
      width: 8,
      height: 8,
      channels: 1,
      layout: engine === 'onnx' ? 'nchw' : 'nhwc',
      resize: 'stretch',
      scale: 1 / 255,
      mean: [0],
      std: [1],
      fixedBatchSize: null,
    },
    output: { name: 'values', activation: 'none', index: 0 },
  };
}

const command: ResolvedCommandManifest = {
  name: 'probe',
  engine: 'command',
  command: ['/bin/sh', 'predict.sh', '{images_csv}', '{predictions_csv}'],
  threshold: 0.5,
  image: null,
  gpu: false,
  memoryBytes: null,
  timeLimitSeconds: null,
  environment: {},
};

export const probeBundles: readonly ProbeBundle[] = [
  {
    manifest: describeModel('onnx'),
    unpack: (directory) => writeFile(join(directory, 'model.onnx'), Buffer.from(onnxModel, 'base64')),
  },
  {
    manifest: describeModel('tfjs'),
    async unpack(directory) {
      await writeFile(join(directory, 'model.json'), JSON.stringify(tfjsModel));
      await writeFile(join(directory, 'weights.bin'), Buffer.from(Float32Array.of(1, 0).buffer));
    },
  },
  {
    manifest: command,
    unpack: (directory) => writeFile(join(directory, 'predict.sh'), 'echo "$(dirname "$(cat "$1")")/,1" > "$2"\n'),
  },
];
