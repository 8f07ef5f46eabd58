import { describeExpected, makeProblem, makeSentence, type ProblemItem, type Sentence } from '@holdout/contracts';
import { z } from 'zod';
import type { BundleFiles } from '../bundle-files.js';
import { joinChunks } from '../byte-source.js';
import type { Inspection } from '../check-bundle.js';
import { modelLimits } from '../limits.js';
import { parseJson } from '../parse-json.js';
import { listNames, showName } from '../problems.js';
import { describeTfjs, expectedWeightBytes, type TfjsFile, tfjsFileSchema } from './describe-tfjs.js';

/** Reads what a TF.js model tells, and whether its weight files are all there and as large as its weights. */
export async function inspectTfjs(files: BundleFiles, model: string, wanted: readonly string[]): Promise<Inspection> {
  const sizeBytes = files.files.find(({ path }) => path === model)?.sizeBytes ?? 0;
  const { topologyBytes } = modelLimits;
  const atMost = (limit: number) => makeSentence('at_most', { limit });
  if (sizeBytes > topologyBytes) {
    return unreadable(model, makeSentence('found_bytes', { bytes: sizeBytes }), atMost(topologyBytes));
  }
  const read = parseJson(await joinChunks(files.stream(model)));
  if ('fault' in read) return unreadable(model, read.fault, makeSentence('tfjs_model', {}));
  try {
    const file = tfjsFileSchema.parse(read.value);
    const shards = file.weightsManifest.reduce((sum, { paths }) => sum + paths.length, 0);
    if (shards > modelLimits.shards) {
      return unreadable(model, makeSentence('found_weight_files', { count: shards }), atMost(modelLimits.shards));
    }
    return { description: describeTfjs(file, wanted), problems: checkShards(files, model, file) };
  } catch (error) {
    if (error instanceof z.ZodError) return unlike(model, error);
    throw error;
  }
}

/** It is JSON, and no model: the first field that is not as a model's is named. */
function unlike(file: string, { issues: [issue] }: z.ZodError): Inspection {
  const field = issue?.path.map(String).join('.');
  const place = { file, ...(field ? { field } : {}) };
  const [found, expected] =
    issue?.code === 'too_big'
      ? [makeSentence('more_than', { limit: String(issue.maximum) }), describeExpected(issue)]
      : [makeSentence('found_no_tfjs', {}), makeSentence('tfjs_model', {})];
  return { description: null, problems: [makeProblem('model_unreadable', { ...place, found, expected })] };
}

function unreadable(file: string, found: Sentence, expected: Sentence): Inspection {
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
          found: makeSentence('found_absent', { name: showName(path) }),
          expected: makeSentence('bundle_file', {}),
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
        found: makeSentence('found_bytes', { bytes: found }),
        expected: makeSentence('bytes_as_said', { bytes: expected, model }),
      }),
    ];
  });
}
