import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ResolvedModelManifest } from '@holdout/contracts';

type Engine = ResolvedModelManifest['engine'];

/** The packages that an engine is made of, each with those of its files that it runs from. */
const { platform, arch } = process;
const tfjsFiles = /^(package\.json|dist\/[^/]+(\.node\.js|\.wasm))$/;
const enginePackages: Readonly<Record<Engine, Readonly<Record<string, RegExp>>>> = {
  // Of the native libraries those of this machine's kind; providers for GPUs lie beside them.
  onnx: { 'onnxruntime-node': new RegExp(`^(package\\.json|dist/.+\\.js|bin/[^/]+/${platform}/${arch}/[^/]+)$`) },
  tfjs: {
    '@tensorflow/tfjs-backend-wasm': tfjsFiles,
    '@tensorflow/tfjs-converter': tfjsFiles,
    '@tensorflow/tfjs-core': tfjsFiles,
    '@tensorflow/tfjs-layers': tfjsFiles,
  },
};

const known = new Map<Engine, Promise<string>>();

/**
 * The sha256 of what an engine runs from on this machine: scripts, native libraries and WebAssembly. It is that of the
 * lines `sha256  package/path` in order, as `sha256sum` prints them. Worked out once in a process.
 *
 * @returns 64 hexadecimal digits; two machines that give the same run the same engine
 */
export function digestEngine(engine: Engine): Promise<string> {
  const digest = known.get(engine) ?? computeDigest(enginePackages[engine]);
  known.set(engine, digest);
  // What failed is tried again by the next who asks.
  digest.catch(() => known.delete(engine));
  return digest;
}

async function computeDigest(packages: Readonly<Record<string, RegExp>>): Promise<string> {
  const require = createRequire(import.meta.url);
  const lines: string[] = [];
  for (const [name, runsFrom] of Object.entries(packages)) {
    const folder = dirname(require.resolve(`${name}/package.json`));
    const paths = (await readdir(folder, { recursive: true })).map((path) => path.split(sep).join('/'));
    // In an order that no file system chooses.
    for (const path of paths.filter((each) => runsFrom.test(each)).sort()) {
      lines.push(`${await digestFile(join(folder, path))}  ${name}/${path}\n`);
    }
  }
  return createHash('sha256').update(lines.join('')).digest('hex');
}

async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
