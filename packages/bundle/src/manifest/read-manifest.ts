import {
  HoldoutError,
  type Manifest,
  makeSentence,
  manifestFileName,
  manifestSchema,
  type Sentence,
} from '@holdout/contracts';
import type { BundleFiles } from '../bundle-files.js';
import { joinChunks } from '../byte-source.js';
import { findForeignFile, findProgram, isProgramFolder } from '../command/find-program.js';
import { makeProblem, refuseProblems } from '../problems.js';
import { describeIssue } from './describe-issue.js';

const mostManifestBytes = 1024 * 1024;

/**
 * Reads and validates `holdout.json`; a bundle that has none and is a program in `src/` is given one.
 *
 * @throws HoldoutError `manifest_missing`, `program_ambiguous`, or `manifest_invalid` with a problem for each field that is wrong
 */
export async function readManifest(bundle: BundleFiles): Promise<Manifest> {
  const file = bundle.files.find(({ path }) => path === manifestFileName);
  if (!file && isProgramFolder(bundle)) return await findProgram(bundle);
  if (!file) throw new HoldoutError('manifest_missing', { sentences: [describeWhatIsThere(bundle)] });
  if (file.sizeBytes > mostManifestBytes) {
    const [found, expected] = [
      makeSentence('found_bytes', { bytes: file.sizeBytes }),
      makeSentence('at_most', { limit: mostManifestBytes }),
    ];
    refuseProblems([makeProblem('manifest_invalid', { file: manifestFileName, found, expected })]);
  }
  const value = parseJson(await joinChunks(bundle.stream(manifestFileName)));
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) refuseProblems(parsed.error.issues.flatMap((issue) => describeIssue(issue, value)));
  return parsed.data as Manifest;
}

function describeWhatIsThere({ files }: BundleFiles): Sentence {
  const near = files.find(({ path }) => path.endsWith(`/${manifestFileName}`));
  if (near) return makeSentence('manifest_elsewhere', { path: near.path });
  const foreign = files.some(({ path }) => path.startsWith('src/')) ? findForeignFile(files) : null;
  if (foreign !== null) return makeSentence('manifest_foreign', { path: foreign });
  const first = files.slice(0, 3).map(({ path }) => path);
  return files.length === 0
    ? makeSentence('bundle_empty', {})
    : makeSentence('bundle_has', { paths: `${first.join(', ')}${files.length > 3 ? ', …' : ''}` });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const found = makeSentence('found_no_json', { why: error instanceof Error ? error.message : String(error) });
    const problem = makeProblem('manifest_invalid', {
      file: manifestFileName,
      found,
      expected: makeSentence('json_object', {}),
    });
    throw new HoldoutError('manifest_invalid', { detail: problem.message, problems: [problem] });
  }
}
