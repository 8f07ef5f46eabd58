import { manifestFileName } from '@holdout/contracts';
import type { BundleFile, BundleFiles } from './bundle-files.js';

/**
 * Takes away the one folder that an archive wraps everything in, as most tools do with a folder that is packed from
 * outside: where that folder holds `holdout.json`, or the `src/` of a bundle without one. Other layouts are left as they
 * are. Whoever checks a bundle and whoever runs it must see the same root.
 */
export function findBundleRoot(bundle: BundleFiles): BundleFiles {
  const first = bundle.files[0]?.path.split('/')[0] ?? '';
  const prefix = `${first}/`;
  const wraps = bundle.files.every(({ path }) => path.startsWith(prefix));
  if (!wraps) return bundle;
  const holdsManifest = bundle.files.some(({ path }) => path === prefix + manifestFileName);
  // `src/` itself wraps everything in a bundle that has nothing else.
  const holdsProgram = first !== 'src' && bundle.files.some(({ path }) => path.startsWith(`${prefix}src/`));
  return holdsManifest || holdsProgram ? stripFolder(bundle, prefix) : bundle;
}

function stripFolder(bundle: BundleFiles, prefix: string): BundleFiles {
  const strip = (file: BundleFile): BundleFile => ({ ...file, path: file.path.slice(prefix.length) });
  return {
    kind: bundle.kind,
    files: bundle.files.map(strip),
    litter: bundle.litter,
    stream: (path) => bundle.stream(prefix + path),
    async *walk() {
      for await (const { file, chunks } of bundle.walk()) yield { file: strip(file), chunks };
    },
  };
}
