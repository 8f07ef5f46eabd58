import {
  HoldoutError,
  type Manifest,
  makeProblem,
  makeSentence,
  manifestFileName,
  manifestSchema,
  type Sentence,
} from '@holdout/contracts';
import type { BundleFiles } from '../bundle-files.js';
import { joinChunks } from '../byte-source.js';
import { findForeignFile, findProgram, isProgramFolder } from '../command/find-program.js';
import { parseJson } from '../parse-json.js';
import { listNames, refuseProblems } from '../problems.js';
import { describeManifestIssue } from './describe-manifest-issue.js';

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
  const read = parseJson(await joinChunks(bundle.stream(manifestFileName)));
  if ('fault' in read) {
    const expected = makeSentence('json_object', {});
    refuseProblems([makeProblem('manifest_invalid', { file: manifestFileName, found: read.fault, expected })]);
  }
  const value = 'value' in read ? read.value : undefined;
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) refuseProblems(parsed.error.issues.flatMap((issue) => describeManifestIssue(issue, value)));
  return parsed.data as Manifest;
}

function describeWhatIsThere({ files }: BundleFiles): Sentence {
  const end = `/${manifestFileName}`;
  const folders = files.flatMap(({ path }) => (path.endsWith(end) ? [path.slice(0, -end.length)] : []));
  const [near, another] = folders;
  // Such as a starter kit as it was downloaded.
  if (near !== undefined && another !== undefined) {
    return makeSentence('manifest_several', { folders: listNames(folders) });
  }
  if (near !== undefined) return makeSentence('manifest_elsewhere', { path: near + end });
  const foreign = files.some(({ path }) => path.startsWith('src/')) ? findForeignFile(files) : null;
  if (foreign !== null) return makeSentence('manifest_foreign', { path: foreign });
  const first = files.slice(0, 3).map(({ path }) => path);
  return files.length === 0
    ? makeSentence('bundle_empty', {})
    : makeSentence('bundle_has', { paths: `${first.join(', ')}${files.length > 3 ? ', …' : ''}` });
}
