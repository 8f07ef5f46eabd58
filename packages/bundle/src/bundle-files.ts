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
