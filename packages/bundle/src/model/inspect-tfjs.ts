import { HoldoutError, type ProblemItem } from '@holdout/contracts';
import type { BundleFiles } from '../bundle-files.js';
import { joinChunks } from '../byte-source.js';
import type { Inspection } from '../check-bundle.js';
import { modelLimits } from '../limits.js';
import { listNames, makeProblem, showName } from '../problems.js';
import { describeTfjs, expectedWeightBytes, type TfjsFile, tfjsFileSchema } from './describe-tfjs.js';

/** Reads what a TF.js model tells, and whether its weight files are all there and as large as its weights. */
export async function inspectTfjs(files: BundleFiles, model: string, wanted: readonly string[]): Promise<Inspection> {
  const sizeBytes = files.files.find(({ path }) => path === model)?.sizeBytes ?? 0;
  const { topologyBytes } = modelLimits;
  if (sizeBytes > topologyBytes) return unreadable(model, `${sizeBytes} bytes`, `at most ${topologyBytes}`);
  try {
    const text = new TextDecoder().decode(await joinChunks(files.stream(model)));
    const file = tfjsFileSchema.parse(JSON.parse(text));
    const shards = file.weightsManifest.reduce((sum, { paths }) => sum + paths.length, 0);
    if (shards > modelLimits.shards)
      return unreadable(model, `${shards} weight files`, `at most ${modelLimits.shards}`);
    return { description: describeTfjs(file, wanted), problems: checkShards(files, model, file) };
  } catch (error) {
    if (error instanceof HoldoutError) throw error;
    const words = error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, 300) : String(error);
    return unreadable(model, `no TF.js model (${words})`, 'model.json of a layers model or a graph model');
  }
}

function unreadable(file: string, found: string, expected: string): Inspection {
  return { description: null, problems: [makeProblem('model_unreadable', { file, found, expected })] };
}

function checkShards(files: BundleFiles, model: string, { weightsManifest }: TfjsFile): ProblemItem[] {
  const folder = model.split('/').slice(0, -1);
  const sizes = new Map(files.files.map(({ path, sizeBytes }) => [path, sizeBytes]));
  return weightsManifest.flatMap((group) => {
    const shards = group.paths.map((shard) => {
      const path = [...folder, ...shard.split('/').filter((part) => part !== '.')].join('/');
      return { path, sizeBytes: sizes.get(path) };
    });
    const gone = shards.filter(({ sizeBytes }) => sizeBytes === undefined);
    if (gone.length > 0) {
      return gone.map(({ path }) =>
        makeProblem('model_shard_invalid', {
          file: model,
          field: 'weightsManifest',
          found: `${showName(path)}, which is not in the bundle`,
          expected: 'a file of the bundle',
        }),
      );
    }
    const found = shards.reduce((total, { sizeBytes = 0 }) => total + sizeBytes, 0);
    const expected = expectedWeightBytes(group);
    if (expected === null || found === expected) return [];
    const names = listNames(shards.map(({ path }) => path));
    return [
      makeProblem('model_shard_invalid', {
        file: names,
        found: `${found} bytes`,
        expected: `${expected} bytes, as ${model} says`,
      }),
    ];
  });
}
