import { buildOnnx } from '../build-onnx.js';
import { buildZip } from '../build-zip.js';
import { openAndCheck } from '../catch-refusal.js';

const model = { path: 'model.onnx', data: buildOnnx() };
const program = { path: 'src/predict.py', data: 'print(1)\n' };

/** A bundle with these bytes as its manifest, beside a model and a program. */
export async function tryInput(input: Uint8Array): Promise<void> {
  await openAndCheck(buildZip([{ path: 'holdout.json', data: input }, model, program]));
}
