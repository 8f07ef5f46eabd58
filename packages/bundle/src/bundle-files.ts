export interface BundleFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** The files of a bundle, whatever they are packed in. Names and sizes have been checked. */
export interface BundleFiles {
  readonly kind: 'zip' | 'tar.gz' | 'folder';
  readonly files: readonly BundleFile[];
  /** What a desktop left behind, such as `.DS_Store`: it is passed over. */
  readonly litter: readonly string[];
  /**
   * One file's bytes.
   *
   * @throws HoldoutError where the archive is damaged, or the file is larger than it declared
   */
  stream(path: string): AsyncIterable<Uint8Array>;
  /** All files in the order in which they are stored: the quickest way to read everything once. */
  walk(): AsyncIterable<{ readonly file: BundleFile; readonly chunks: AsyncIterable<Uint8Array> }>;
}

/**
 * Takes away the one folder that an archive wraps everything in, as most tools do with a folder that is packed from
 * outside. Other layouts are left as they are.
 */
export function stripTopFolder(bundle: BundleFiles, wanted: string): BundleFiles {
  const first = bundle.files[0]?.path.split('/')[0] ?? '';
  const prefix = `${first}/`;
  const wraps = bundle.files.every(({ path }) => path.startsWith(prefix));
  if (!wraps || !bundle.files.some(({ path }) => path === prefix + wanted)) return bundle;
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
