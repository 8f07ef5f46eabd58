import { HoldoutError, type Manifest, manifestFileName, manifestSchema, type ProblemItem } from '@holdout/contracts';
import type { BundleFiles } from '../bundle-files.js';
import { joinChunks } from '../byte-source.js';
import { makeProblem, refuseProblems } from '../problems.js';

const mostManifestBytes = 1024 * 1024;

/**
 * Reads and validates `holdout.json`.
 *
 * @throws HoldoutError `manifest_missing`, or `manifest_invalid` with a problem for each field that is wrong
 */
export async function readManifest(bundle: BundleFiles): Promise<Manifest> {
  const file = bundle.files.find(({ path }) => path === manifestFileName);
  if (!file) throw new HoldoutError('manifest_missing', { detail: describeWhatIsThere(bundle) });
  if (file.sizeBytes > mostManifestBytes) {
    const [found, expected] = [`${file.sizeBytes} bytes`, `at most ${mostManifestBytes}`];
    refuseProblems([makeProblem('manifest_invalid', { file: manifestFileName, found, expected })]);
  }
  const value = parseJson(await joinChunks(bundle.stream(manifestFileName)));
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) refuseProblems(parsed.error.issues.flatMap((issue) => describeIssue(issue, value)));
  return parsed.data as Manifest;
}

function describeWhatIsThere({ files }: BundleFiles): string {
  const near = files.find(({ path }) => path.endsWith(`/${manifestFileName}`));
  if (near) return `It is at ${near.path}; it belongs at the top.`;
  const first = files.slice(0, 3).map(({ path }) => path);
  return files.length === 0
    ? 'The bundle has no file at all.'
    : `At the top there is: ${first.join(', ')}${files.length > 3 ? ', …' : ''}.`;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const found = `no JSON (${error instanceof Error ? error.message : error})`;
    const problem = makeProblem('manifest_invalid', {
      file: manifestFileName,
      found,
      expected: 'one JSON object in UTF-8',
    });
    throw new HoldoutError('manifest_invalid', { detail: problem.message, problems: [problem] });
  }
}

interface Issue {
  code?: string | undefined;
  path: PropertyKey[];
  message: string;
  keys?: string[];
}

/** One sentence for each thing that is wrong: the field, what stands there, what belongs there. */
function describeIssue(issue: Issue, manifest: unknown): ProblemItem[] {
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => {
      const field = [...issue.path, key].map(String).join('.');
      return makeProblem('manifest_invalid', {
        file: manifestFileName,
        field,
        found: 'a field that does not exist',
        expected: 'no such field',
      });
    });
  }
  const value = issue.path.reduce<unknown>((at, key) => (isRecord(at) ? at[String(key)] : undefined), manifest);
  const found = value === undefined ? 'nothing' : shorten(JSON.stringify(value));
  const expected = issue.message.replace(/^Invalid (input|option): expected /, '').replace(/, received .*$/, '');
  const field = issue.path.map(String).join('.');
  return [
    makeProblem('manifest_invalid', { file: manifestFileName, ...(field === '' ? {} : { field }), found, expected }),
  ];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
