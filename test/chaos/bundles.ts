import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the teams enter. `broken` ends with 1, which is its team's fault; the others are good. `large` is `model` with ballast. */
export const bundleKinds = ['model', 'large', 'program', 'broken'] as const;
export type BundleKind = (typeof bundleKinds)[number];
export type Bundles = Readonly<Record<BundleKind, Uint8Array<ArrayBuffer>>>;

const ballastBytes = 3 * 1024 ** 2;

/** Packs them as a team would. */
export async function packBundles(root: string, folder: string): Promise<Bundles> {
  const broken = join(folder, 'broken');
  await mkdir(broken, { recursive: true });
  await writeFile(join(broken, 'predict.py'), 'import sys\nprint("I give up.")\nsys.exit(1)\n');
  const manifest = {
    name: 'Broken',
    engine: 'command',
    command: ['python3', 'predict.py', '{images_csv}', '{predictions_csv}'],
  };
  await writeFile(join(broken, 'holdout.json'), JSON.stringify(manifest));
  const demo = join(root, 'packages/baseline/demo');
  const pack = async (source: string, kind: BundleKind) => {
    const archive = join(folder, `${kind}.zip`);
    const command = join(root, 'node_modules/.bin/holdout');
    await run(process.execPath, [command, 'pack', source, '-o', archive, '--force'], { cwd: root });
    return new Uint8Array(await readFile(archive));
  };
  const large = join(folder, 'large');
  await cp(join(demo, 'onnx'), large, { recursive: true });
  await writeFile(join(large, 'ballast.bin'), randomBytes(ballastBytes));
  return {
    large: await pack(large, 'large'),
    model: await pack(join(demo, 'onnx'), 'model'),
    program: await pack(join(demo, 'command'), 'program'),
    broken: await pack(broken, 'broken'),
  };
}
