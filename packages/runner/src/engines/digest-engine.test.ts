import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { digestEngine } from './digest-engine.js';

const modules = fileURLToPath(new URL('../../../../node_modules/', import.meta.url));

/** The same from the system's own tools. */
async function digestByShell(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-c', command], {
    cwd: modules,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  expect(stdout).toMatch(/\.(so|dylib|node|dll|wasm)/);
  return createHash('sha256').update(stdout).digest('hex');
}

it('is what sha256sum says of the files that an engine runs from', async () => {
  const { platform, arch } = process;
  const onnx = `find onnxruntime-node/package.json onnxruntime-node/dist/ onnxruntime-node/bin/*/${platform}/${arch}/ -type f \\
    | grep -E 'package.json$|[.]js$|/bin/' | sort | xargs sha256sum`;
  expect(await digestEngine('onnx')).toBe(await digestByShell(onnx));
  const tfjs = (backend: string) => `for name in ${backend} converter core layers; do
    ls @tensorflow/tfjs-$name/{package.json,dist/*.node.js,dist/*.wasm} 2>/dev/null | sort; done | xargs sha256sum`;
  expect(await digestEngine('tfjs')).toBe(await digestByShell(tfjs('backend-wasm')));
  expect(await digestEngine('tfjs', 'javascript')).toBe(await digestByShell(tfjs('backend-cpu')));
});

it('is worked out once', () => {
  expect(digestEngine('onnx')).toBe(digestEngine('onnx'));
});
