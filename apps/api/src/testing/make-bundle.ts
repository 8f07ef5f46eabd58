import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packBundle } from '@holdout/bundle';
import { openFolder } from '@holdout/bundle/node';

/** The files of a real, tiny TF.js layers model: the mean of an 8×8 image through one sigmoid unit. */
export function tfjsFiles(manifest: Record<string, unknown> = {}): Record<string, string | Buffer> {
  const weights = Buffer.from(new Float32Array([1, 0]).buffer);
  const topology = {
    class_name: 'Sequential',
    config: {
      name: 'sequential',
      layers: [
        {
          class_name: 'GlobalAveragePooling2D',
          config: {
            name: 'mean',
            batch_input_shape: [null, 8, 8, 1],
            dtype: 'float32',
            data_format: 'channels_last',
            trainable: true,
          },
        },
        { class_name: 'Dense', config: { name: 'dense', units: 1, activation: 'sigmoid', use_bias: true } },
      ],
    },
  };
  const weightsManifest = [
    {
      paths: ['group1-shard1of1.bin'],
      weights: [
        { name: 'dense/kernel', shape: [1, 1], dtype: 'float32' },
        { name: 'dense/bias', shape: [1], dtype: 'float32' },
      ],
    },
  ];
  const model = { format: 'layers-model', generatedBy: 'keras v2.15.0', modelTopology: { model_config: topology } };
  return {
    'holdout.json': JSON.stringify({ name: 'Tiny', engine: 'tfjs', model: 'model.json', ...manifest }),
    'model.json': JSON.stringify({ ...model, weightsManifest }),
    'group1-shard1of1.bin': weights,
  };
}

/** A real archive of these files, made as `holdout pack` makes it. */
export async function packFiles(files: Record<string, string | Buffer>): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'holdout-test-bundle-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), content);
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of packBundle(await openFolder(directory))) chunks.push(chunk);
    return Buffer.concat(chunks);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
