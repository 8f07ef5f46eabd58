import {
  type ModelManifest,
  makeProblem,
  makeSentence,
  manifestFileName,
  type ProblemItem,
  type ResolvedManifest,
  showSize,
} from '@holdout/contracts';
import type { BundleFiles } from './bundle-files.js';
import { checkCommand } from './command/check-command.js';
import { findBundleRoot } from './find-bundle-root.js';
import { type BundleLimits, bundleLimits } from './limits.js';
import { readManifest } from './manifest/read-manifest.js';
import { resolveManifest } from './manifest/resolve-manifest.js';
import { inspectOnnx } from './model/inspect-onnx.js';
import { inspectTfjs } from './model/inspect-tfjs.js';
import type { ModelDescription } from './model/model-description.js';
import { refuseProblems } from './problems.js';

/** A bundle that may be run. */
export interface CheckedBundle {
  /** Without anything left open. */
  readonly manifest: ResolvedManifest;
  /** Re-rooted where the archive wraps everything in one folder. */
  readonly files: BundleFiles;
  /** Of all files together. */
  readonly sizeBytes: number;
}

/** What a look into a model file brought. */
export interface Inspection {
  /** null where the file could not be read. */
  readonly description: ModelDescription | null;
  readonly problems: readonly ProblemItem[];
}

type Checked = { readonly manifest: ResolvedManifest } | { readonly problems: readonly ProblemItem[] };

/**
 * Checks a bundle as far as that is possible without running it: every file can be read and is as large as declared,
 * the manifest is valid, or one can be told from `src/`, the files that it names are there, and a model file can be read
 * and agrees with it.
 *
 * @throws HoldoutError with every problem found; its code is that of the first
 */
export async function checkBundle(bundle: BundleFiles, limits: BundleLimits = bundleLimits): Promise<CheckedBundle> {
  const files = findBundleRoot(bundle);
  const sizeBytes = await readEverything(files, limits);
  const manifest = await readManifest(files);
  const checked = manifest.engine === 'command' ? checkCommand(files, manifest) : await checkModel(files, manifest);
  if ('manifest' in checked) return { manifest: checked.manifest, files, sizeBytes };
  refuseProblems(checked.problems);
  throw new Error('A bundle without a manifest has no problem either.');
}

async function checkModel(files: BundleFiles, manifest: ModelManifest): Promise<Checked> {
  const { description, problems } = await inspectModel(files, manifest);
  const resolved = description ? resolveManifest(manifest, description) : { problems: [] };
  const all = [...problems, ...('problems' in resolved ? resolved.problems : [])];
  return all.length === 0 ? resolved : { problems: all };
}

/** Unpacks all files to nowhere: what is cut off, damaged or larger than it declared is found here. */
async function readEverything(files: BundleFiles, limits: BundleLimits): Promise<number> {
  let sizeBytes = 0;
  for await (const { chunks } of files.walk()) {
    for await (const chunk of chunks) {
      sizeBytes += chunk.length;
      if (sizeBytes > limits.unpackedSizeBytes) {
        const [found, expected] = [
          makeSentence('found_more_contents', {}),
          makeSentence('at_most', { limit: showSize(limits.unpackedSizeBytes) }),
        ];
        refuseProblems([makeProblem('archive_too_large', { found, expected })]);
      }
    }
  }
  return sizeBytes;
}

async function inspectModel(files: BundleFiles, manifest: ModelManifest): Promise<Inspection> {
  if (!files.files.some(({ path }) => path === manifest.model)) {
    const found = makeSentence('found_absent', { name: `“${manifest.model}”` });
    const problem = makeProblem('model_missing', {
      file: manifestFileName,
      field: 'model',
      found,
      expected: makeSentence('bundle_file', {}),
    });
    return { description: null, problems: [problem] };
  }
  const inspect = manifest.engine === 'onnx' ? inspectOnnx : inspectTfjs;
  return await inspect(files, manifest.model, Object.values(manifest.cam ?? {}));
}
