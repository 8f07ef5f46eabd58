import { makeProblem, makeSentence, type ProblemItem } from '@holdout/contracts';
import type { BundleFiles } from '../bundle-files.js';
import type { Inspection } from '../check-bundle.js';
import { showName } from '../problems.js';
import { describeOnnx, type ExternalData } from './describe-onnx.js';
import { ModelFault } from './model-fault.js';

/** Reads what an ONNX model tells, and whether the weights that it keeps outside are in the bundle. */
export async function inspectOnnx(files: BundleFiles, model: string, wanted: readonly string[]): Promise<Inspection> {
  try {
    const description = await describeOnnx(files.stream(model), wanted);
    return { description, problems: findMissingData(files, model, description.external) };
  } catch (error) {
    if (!(error instanceof ModelFault)) throw error;
    const parts = { file: model, found: error.found, expected: makeSentence('onnx_model', {}) };
    return { description: null, problems: [makeProblem('model_unreadable', parts)] };
  }
}

function findMissingData(files: BundleFiles, model: string, external: readonly ExternalData[]): ProblemItem[] {
  const folder = model.split('/').slice(0, -1);
  const present = new Set(files.files.map(({ path }) => path));
  const locations = new Map(external.map(({ location, tensor }) => [location, tensor]));
  return [...locations].flatMap(([location, tensor]) => {
    const parts = location.split('/');
    const field = `weights “${tensor}”`;
    const leaves =
      location === '' ||
      location.startsWith('/') ||
      /[\\:]/.test(location) ||
      parts.some((part) => part === '..' || part === '');
    if (leaves) {
      const [found, expected] = [
        makeSentence('found_data', { name: showName(location) }),
        makeSentence('inside_file', {}),
      ];
      return [makeProblem('model_external_data', { file: model, field, found, expected })];
    }
    const path = [...folder, ...parts.filter((part) => part !== '.')].join('/');
    if (present.has(path)) return [];
    const [found, expected] = [
      makeSentence('found_absent_data', { name: showName(path) }),
      makeSentence('bundle_file', {}),
    ];
    return [makeProblem('model_external_data', { file: model, field, found, expected })];
  });
}
