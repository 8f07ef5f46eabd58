import { drawWeights } from '../densenet/draw-weights.js';
import { OnnxModel } from '../densenet/onnx-model.js';
import { createRandom } from '../densenet/random.js';

/** Outputs, side of the window and stride of each convolution; they shrink 320 pixels to 10. */
const convolutions = [
  [64, 7, 4],
  [128, 3, 2],
  [192, 3, 2],
  [256, 3, 2],
] as const;

/** A net of four convolutions with one sigmoid output and random weights, as ONNX: N×3×side×side to N×1. */
export function makeQuickNet(seed: number, side: number): Uint8Array {
  const model = new OnnxModel();
  const random = createRandom(seed);
  let [name, channels] = ['input', 3];
  for (const [outputs, window, stride] of convolutions) {
    const fanIn = channels * window * window;
    const weights = model.addWeights(drawWeights(random, outputs * fanIn, fanIn), [outputs, channels, window, window]);
    const margin = (window - 1) / 2;
    const convolution = model.addNode('Conv', [name, weights], {
      kernel_shape: [window, window],
      strides: [stride, stride],
      pads: [margin, margin, margin, margin],
    });
    name = model.addNode('Relu', [convolution]);
    channels = outputs;
  }
  const flat = model.addNode('Flatten', [model.addNode('GlobalAveragePool', [name])], { axis: 1 });
  const weights = model.addWeights(drawWeights(random, channels, channels), [1, channels]);
  const logit = model.addNode('Gemm', [flat, weights, model.addWeights(new Float32Array(1), [1])], { transB: 1 });
  model.addNode('Sigmoid', [logit], {}, 'output');
  return model.finish(
    'quick',
    { name: 'input', dimensions: ['batch', 3, side, side] },
    { name: 'output', dimensions: ['batch', 1] },
  );
}
