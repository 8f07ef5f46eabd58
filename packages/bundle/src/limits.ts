/** What an archive may hold, before any of it is unpacked. */
export interface BundleLimits {
  /** Files and folders together. */
  readonly maxEntries: number;
  /** What all files may be together, by what they declare and by what is found. */
  readonly unpackedSizeBytes: number;
  /** How many times larger than the archive its contents may be. */
  readonly maxRatio: number;
}

export const bundleLimits: BundleLimits = {
  maxEntries: 10_000,
  unpackedSizeBytes: 2 * 1024 ** 3,
  maxRatio: 200,
};

/** What the name of an entry may be. A disk takes no longer ones; what is deeper makes all that walks it slow. */
export const pathLimits = {
  pathBytes: 1024,
  nameBytes: 255,
  depth: 32,
} as const;
