import { type LoadRequest, type RunRequest, requestSchema } from '../protocol.js';

const times = 20;

/**
 * Reads such requests as a bundle brings, before there is one: zod makes the parser of a schema when it is first used, and V8
 * compiles what has run often.
 */
export function warmUpRequests(): void {
  for (let time = 0; time < times; time += 1) {
    for (const request of requests) requestSchema.parse(JSON.parse(JSON.stringify(request)));
  }
}

const manifest: LoadRequest['manifest'] = {
  name: 'Warm-up',
  description: 'No model has this manifest.',
  studyAggregation: 'mean',
  threshold: 0.5,
  engine: 'onnx',
  model: 'model.onnx',
  input: {
    ...{ name: 'images', width: 64, height: 64, channels: 3, layout: 'nchw', resize: 'stretch' },
    ...{ scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], fixedBatchSize: null },
  },
  output: { name: 'probability', activation: 'sigmoid', index: 0 },
  cam: { features: 'features', weights: 'weights' },
};

const requests: readonly RunRequest[] = [
  {
    ...{ kind: 'load', manifest, bundleDirectory: '/bundle', devices: ['cpu'] },
    ...{ threads: 1, memoryLimitBytes: 1 },
  },
  { kind: 'predict', imageCount: 1 },
  { kind: 'pixels', path: '/images/0', place: 0, count: 1 },
];
