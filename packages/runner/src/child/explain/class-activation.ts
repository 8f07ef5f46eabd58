import { HoldoutError, mostHeatMapSide } from '@holdout/contracts';
import type { Output } from '../../engines/engine.js';

/** Values of a map, row by row from the top left. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly values: number[];
}

export interface ClassChoice {
  /** How many images there are; further rows only filled a fixed batch up. */
  readonly count: number;
  /** How many values the model gives an image, and which of them is the probability of *abnormal*. */
  readonly outputs: number;
  readonly index: number;
  /** Where shapes alone don't tell, channels stand as this engine has them. */
  readonly engine: 'onnx' | 'tfjs';
}

/**
 * Class activation maps, M(x, y) = Σₖ wₖ·fₖ(x, y): Zhou, Khosla, Lapedriza, Oliva, Torralba, “Learning deep features for
 * discriminative localization”, CVPR 2016, as in MURA's paper.
 *
 * @param features - [images, K, h, w], or [images, h, w, K]
 * @param weights - K values, [outputs, K] or [K, outputs]; sides of 1 don't matter
 * @throws HoldoutError `cam_mismatch` where they don't fit; `output_not_finite`
 */
export function mapClassActivation(features: Output, weights: Output, choice: ClassChoice): Grid[] {
  const { channels, width, height, channelStep, placeStep } = findLayout(features, weights, choice);
  const weightOf = chooseWeights(weights, channels, choice);
  const places = width * height;
  return Array.from({ length: choice.count }, (_, image) => {
    const first = image * channels * places;
    const values = Array.from({ length: places }, (_, place) => {
      let sum = 0;
      for (let channel = 0; channel < channels; channel += 1) {
        const feature = features.values[first + channel * channelStep + place * placeStep] ?? Number.NaN;
        sum += weightOf(channel) * feature;
      }
      return sum;
    });
    if (values.every(Number.isFinite)) return { width, height, values };
    throw new HoldoutError('output_not_finite', { detail: 'A value of the heat map is none.' });
  });
}

function findLayout({ shape }: Output, weights: Output, { outputs, engine }: ClassChoice) {
  const [images = 0, a = 0, b = 0, c = 0] = shape;
  const [planes, sideBySide] = [
    { channels: a, height: b, width: c, channelStep: b * c, placeStep: 1 },
    { channels: c, height: a, width: b, channelStep: 1, placeStep: c },
  ];
  const usual = engine === 'onnx' ? [planes, sideBySide] : [sideBySide, planes];
  const fitting = usual.find(({ channels }) => channels * outputs === weights.values.length);
  const found = `found features [${shape.join(', ')}], weights [${weights.shape.join(', ')}] and ${outputs} values an image`;
  if (shape.length !== 4 || images === 0 || !fitting) {
    const detail = `Expected features [images, K, h, w] or [images, h, w, K], and K weights for each value; ${found}.`;
    throw new HoldoutError('cam_mismatch', { detail });
  }
  if (fitting.width > mostHeatMapSide || fitting.height > mostHeatMapSide) {
    const detail = `Expected features of at most ${mostHeatMapSide} × ${mostHeatMapSide} places; ${found}.`;
    throw new HoldoutError('cam_mismatch', { detail });
  }
  return fitting;
}

/** The weight of each channel for the chosen output. */
function chooseWeights(weights: Output, channels: number, { outputs, index, engine }: ClassChoice) {
  const sides = weights.shape.filter((side) => side !== 1);
  const isByChannel = sides[0] === channels && (channels !== outputs || engine === 'tfjs');
  const [channelStep, outputStep] = isByChannel ? [outputs, 1] : [1, channels];
  return (channel: number) => weights.values[channel * channelStep + index * outputStep] ?? Number.NaN;
}
