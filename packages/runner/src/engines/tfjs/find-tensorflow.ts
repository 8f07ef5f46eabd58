import { createRequire } from 'node:module';

/** Packages that bring TensorFlow itself; no install of ours fetches it, so they are there where an operator put them. */
const packages = {
  cuda: ['@tensorflow/tfjs-node-gpu'],
  // Without a GPU the other one computes on the processor, too.
  cpu: ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
} as const;

/** The installed package that runs TensorFlow on this device; null where there is none. */
export function findTensorflow(device: keyof typeof packages): string | null {
  return packages[device].find((name) => findPackage(name) !== null) ?? null;
}

/** Where a package's `package.json` is; null where it is not installed. */
export function findPackage(name: string): string | null {
  try {
    return createRequire(import.meta.url).resolve(`${name}/package.json`);
  } catch {
    return null;
  }
}
