import * as tf from '@tensorflow/tfjs-core';

type ConvolutionInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/**
 * Lets convolutions be trained on WebAssembly, where TF.js has one of their two gradients not at all
 * (Conv2DBackpropFilter) and the other only slowly (Conv2DBackpropInput). Both are convolutions themselves, and those are
 * fast.
 *
 * @param backendName - a backend that was started
 */
export function registerConvolutionGradients(backendName: string): void {
  const slow = tf.getKernel('Conv2DBackpropInput', backendName);
  if (slow === fastKernels.get(backendName)) return;
  const byInput: tf.KernelConfig = {
    kernelName: 'Conv2DBackpropInput',
    backendName,
    kernelFunc(call) {
      const { dy, filter } = call.inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
      const { inputShape, strides, pad, dataFormat, dimRoundingMode } =
        call.attrs as unknown as tf.Conv2DBackpropInputAttrs;
      const info = describe(inputShape, filter.shape, strides, pad, dataFormat, dimRoundingMode);
      // Only the first convolution has strides, and nobody asks for a gradient of the image.
      if (info.strideHeight !== 1 || info.strideWidth !== 1) return slow.kernelFunc(call);
      return tf.tidy(() => differentiateByInput(dy, filter, info));
    },
  };
  const byFilter: tf.KernelConfig = {
    kernelName: 'Conv2DBackpropFilter',
    backendName,
    kernelFunc(call) {
      const { x, dy } = call.inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
      const { filterShape, strides, pad, dataFormat, dimRoundingMode } =
        call.attrs as unknown as tf.Conv2DBackpropFilterAttrs;
      const info = describe(x.shape, filterShape, strides, pad, dataFormat, dimRoundingMode);
      return tf.tidy(() => differentiateByFilter(x, dy, info));
    },
  };
  tf.unregisterKernel('Conv2DBackpropInput', backendName);
  tf.registerKernel(byInput);
  if (!tf.getKernel('Conv2DBackpropFilter', backendName)) tf.registerKernel(byFilter);
  fastKernels.set(backendName, byInput);
}

const fastKernels = new Map<string, tf.KernelConfig>();

function describe(
  inShape: [number, number, number, number],
  filterShape: [number, number, number, number],
  strides: number | [number, number],
  pad: tf.Conv2DBackpropFilterAttrs['pad'],
  dataFormat: string,
  rounding: tf.Conv2DBackpropFilterAttrs['dimRoundingMode'],
): ConvolutionInfo {
  if (dataFormat !== 'NHWC') throw new Error(`There is no gradient of a convolution in the format ${dataFormat}.`);
  return tf.backend_util.computeConv2DInfo(inShape, filterShape, strides, 1, pad, rounding);
}

/**
 * Each value of the input went into the outputs around it: a convolution of the output's gradient with the filter turned
 * by 180° and its channels exchanged. For strides of 1.
 *
 * @param dy - images × height × width × channels of the output
 */
function differentiateByInput(dy: tf.Tensor4D, filter: tf.Tensor4D, info: ConvolutionInfo): tf.Tensor4D {
  const { filterHeight, filterWidth, padInfo } = info;
  const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as tf.Tensor4D;
  return tf.conv2d(dy, turned, 1, [
    [0, 0],
    [filterHeight - 1 - padInfo.top, filterHeight - 1 - padInfo.bottom],
    [filterWidth - 1 - padInfo.left, filterWidth - 1 - padInfo.right],
    [0, 0],
  ]);
}

/**
 * Each weight met the input at its own place for every value of the output: a convolution of the input with the output's
 * gradient, whose strides have become distances between the weights; images and channels have changed places.
 */
function differentiateByFilter(x: tf.Tensor4D, dy: tf.Tensor4D, info: ConvolutionInfo): tf.Tensor4D {
  const { filterHeight, filterWidth, inChannels, outChannels, padInfo, strideHeight, strideWidth } = info;
  if (filterHeight === 1 && filterWidth === 1 && strideHeight === 1 && strideWidth === 1) {
    return tf.reshape(multiplyRows(x, dy), [1, 1, inChannels, outChannels]);
  }
  const { top, bottom, left, right } = padInfo;
  const padded = tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  const byChannel = tf.transpose(padded, [3, 1, 2, 0]) as tf.Tensor4D;
  const gradients = tf.transpose(dy, [1, 2, 0, 3]) as tf.Tensor4D;
  const met = tf.conv2d(byChannel, gradients, 1, 'valid', 'NHWC', [strideHeight, strideWidth]);
  // Where strides left a rest of the input out, there is more than the filter.
  const whole = tf.slice(met, [0, 0, 0, 0], [inChannels, filterHeight, filterWidth, outChannels]);
  return tf.transpose(whole, [1, 2, 0, 3]) as tf.Tensor4D;
}

/** Σ over all places of x's channels by dy's: [channels of x, channels of dy]. The smaller one is transposed. */
function multiplyRows(x: tf.Tensor4D, dy: tf.Tensor4D): tf.Tensor {
  const [inChannels, outChannels] = [x.shape[3], dy.shape[3]];
  const [rows, gradients] = [tf.reshape(x, [-1, inChannels]), tf.reshape(dy, [-1, outChannels])];
  if (inChannels <= outChannels) return tf.matMul(tf.transpose(rows), gradients);
  return tf.transpose(tf.matMul(tf.transpose(gradients), rows));
}
