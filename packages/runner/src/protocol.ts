import { errorCodeSchema, heatMapMethodSchema, mostHeatMapSide, resolvedModelManifestSchema } from '@holdout/contracts';
import { z } from 'zod';
import { deviceKinds, devices } from './engines/engine.js';

/**
 * What the two sides say to each other: the parent writes requests to the child's standard input, the child writes
 * messages to its file descriptor 3, each a line of JSON. In the child a team's model is at work, which may have found
 * a way to speak for it: nothing here has room for words of its own but what goes to the log and to a rejection.
 */
export const messageDescriptor = 3;

/** The child's only argument, where it sees a GPU. */
export const gpuWords = { real: 'gpu', software: 'software-gpu' } as const;

/**
 * First the model is loaded, then it predicts lists of images, or explains them, one list after the other. The images of a
 * list come as they are decoded, in their order.
 */
export const requestSchema = z.discriminatedUnion('kind', [
  /** Most likely the next model is one for this engine. */
  z.strictObject({ kind: z.literal('prepare'), engine: resolvedModelManifestSchema.shape.engine }),
  z.strictObject({
    kind: z.literal('load'),
    bundleDirectory: z.string(),
    manifest: resolvedModelManifestSchema,
    threads: z.number().int().positive(),
    memoryLimitBytes: z.number().int().positive(),
    /** The kinds of devices that it may run on. */
    devices: z.array(z.enum(deviceKinds)).min(1),
  }),
  z.strictObject({ kind: z.literal('predict'), imageCount: z.number().int().min(0) }),
  /** The next images of the list: `count` of them lie in a file from `place` on, as `decodeImage` leaves them. */
  z.strictObject({
    kind: z.literal('pixels'),
    path: z.string(),
    place: z.number().int().min(0),
    count: z.number().int().positive(),
  }),
  z.strictObject({
    kind: z.literal('explain'),
    imageCount: z.number().int().min(0),
    method: heatMapMethodSchema,
  }),
]);
export type RunRequest = z.infer<typeof requestSchema>;
export type LoadRequest = Extract<RunRequest, { kind: 'load' }>;
export type PixelsRequest = Extract<RunRequest, { kind: 'pixels' }>;
export type ExplainRequest = Extract<RunRequest, { kind: 'explain' }>;

const placementSchema = z.strictObject({
  device: z.enum(devices),
  threads: z.number().int().min(1).max(1024),
  batchSize: z.number().int().min(1).max(1024),
});

const secondsSchema = z.number().min(0);

const mapSideSchema = z.number().int().min(1).max(mostHeatMapSide);

/** A heat map, without what of it is known outside. */
const explainedSchema = z
  .strictObject({
    probability: z.number().min(0).max(1),
    width: mapSideSchema,
    height: mapSideSchema,
    values: z.array(z.number()).max(mostHeatMapSide ** 2),
  })
  .refine(({ width, height, values }) => values.length === width * height);
export type ExplainedImage = z.infer<typeof explainedSchema>;

export const messageSchema = z.discriminatedUnion('kind', [
  /** Our program runs, and will hear requests. It knows no bundle yet, so that what it says of its GPU is to be believed. */
  z.strictObject({ kind: z.literal('ready'), adapter: z.string().max(200).nullable() }),
  /** A line for the log, in order with the other messages, which what is printed is not. */
  z.strictObject({ kind: z.literal('log'), line: z.string() }),
  z.strictObject({ kind: z.literal('progress'), imagesDone: z.number().int().min(0) }),
  /** So many images of the list were read out of their files. */
  z.strictObject({ kind: z.literal('read'), imagesRead: z.number().int().min(0) }),
  z.strictObject({
    kind: z.literal('result'),
    probabilities: z.array(z.number().min(0).max(1)),
    placement: placementSchema,
    /** How long the model took to load; the same in each result. */
    loadSeconds: secondsSchema,
    inferenceSeconds: secondsSchema,
  }),
  /** Where it looks, in the order of the images. */
  z.strictObject({ kind: z.literal('explained'), maps: z.array(explainedSchema) }),
  /** The bundle's fault, or with the code `internal` ours. */
  z.strictObject({ kind: z.literal('fault'), code: errorCodeSchema, detail: z.string().max(5000) }),
]);
export type RunMessage = z.infer<typeof messageSchema>;
