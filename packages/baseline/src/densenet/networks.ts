/** One member of the family of DenseNets, as torchvision's `DenseNet` is told. */
export interface DenseNetShape {
  /** How many dense layers each block has. */
  readonly blocks: readonly number[];
  /** How many channels each dense layer adds. */
  readonly growth: number;
  /** Channels after the first convolution. */
  readonly initialFeatures: number;
  /** Width and height of the image, in pixels. */
  readonly inputSize: number;
  readonly channels: 1 | 3;
}

/**
 * The members that have a name. The first two are those of G. Huang et al., “Densely Connected Convolutional Networks”,
 * CVPR 2017, table 1; MURA's paper takes the first at 320×320. The others are for machines without a GPU.
 */
export const networks = {
  densenet169: { blocks: [6, 12, 32, 32], growth: 32, initialFeatures: 64, inputSize: 320, channels: 3 },
  densenet121: { blocks: [6, 12, 24, 16], growth: 32, initialFeatures: 64, inputSize: 320, channels: 3 },
  small: { blocks: [3, 4], growth: 8, initialFeatures: 16, inputSize: 128, channels: 1 },
  tiny: { blocks: [1, 1], growth: 4, initialFeatures: 8, inputSize: 32, channels: 1 },
} as const satisfies Record<string, DenseNetShape>;
export type NetworkName = keyof typeof networks;
