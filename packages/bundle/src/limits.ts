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

/** What a model file may tell of itself: far more than a real one does, and little enough to be looked through at once. */
export const modelLimits = {
  /** A `model.json`, which holds no weights. */
  topologyBytes: 16 * 1024 ** 2,
  layers: 20_000,
  nodes: 100_000,
  weights: 100_000,
  /** The files that weights are in. */
  shards: 10_000,
  inputsOrOutputs: 1000,
  /** Sides of one shape. */
  dimensions: 32,
  nameBytes: 16 * 1024,
  /** Fields of protobuf that are visited: the numbers in a tensor are one field together. */
  protobufFields: 5_000_000,
} as const;

/** What the name of an entry may be. A disk takes no longer ones; what is deeper makes all that walks it slow. */
export const pathLimits = {
  pathBytes: 1024,
  nameBytes: 255,
  depth: 32,
} as const;
