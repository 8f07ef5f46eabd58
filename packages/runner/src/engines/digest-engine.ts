import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ResolvedModelManifest } from '@holdout/contracts';
import type { Device } from './engine.js';
import { findTensorflow } from './tfjs/find-tensorflow.js';

type Engine = ResolvedModelManifest['engine'];

/** The packages that an engine is made of, each with those of its files that it runs from. */
type Packages = Readonly<Record<string, RegExp>>;

const { platform, arch } = process;
const tfjsFiles = /^(package\.json|dist\/[^/]+(\.node\.js|\.wasm))$/;
const tfjs = Object.fromEntries(
  ['converter', 'core', 'layers'].map((name) => [`@tensorflow/tfjs-${name}`, tfjsFiles] as const),
);

const known = new Map<string, Promise<string>>();

/**
 * The sha256 of what an engine runs from on this machine: scripts, native libraries and WebAssembly. It is that of the
 * lines `sha256  package/path` in order, as `sha256sum` prints them. Worked out once in a process.
 *
 * @param device - what it runs on; that of every machine where it is left out
 * @returns 64 hexadecimal digits; two machines that give the same run the same engine
 */
export function digestEngine(engine: Engine, device?: Device): Promise<string> {
  const packages = listPackages(engine, device);
  const key = Object.keys(packages).join();
  const digest = known.get(key) ?? computeDigest(packages);
  known.set(key, digest);
  // What failed is tried again by the next who asks.
  digest.catch(() => known.delete(key));
  return digest;
}

function listPackages(engine: Engine, device: Device | undefined): Packages {
  // Of the native libraries those of this machine's kind; providers for GPUs lie beside them.
  if (engine === 'onnx') {
    return {
      'onnxruntime-node': new RegExp(`^(package\\.json|dist/.+\\.js|bin/[^/]+/${platform}/${arch}/[^/]+)$`),
    };
  }
  if (device === 'webgpu') {
    const dawn = new RegExp(`^(package\\.json|index\\.js|dist/${platform}-${arch}/[^/]+)$`);
    return { '@tensorflow/tfjs-backend-webgpu': tfjsFiles, ...tfjs, webgpu: dawn };
  }
  const tensorflow = device === 'cuda' || device === 'cpu' ? findTensorflow(device) : null;
  if (tensorflow) return { [tensorflow]: /^(package\.json|dist\/.+\.js|lib\/.+\.node|deps\/lib\/.+)$/ };
  const backend = device === 'javascript' ? 'cpu' : 'wasm';
  return { [`@tensorflow/tfjs-backend-${backend}`]: tfjsFiles, ...tfjs };
}

async function computeDigest(packages: Packages): Promise<string> {
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
