import { errorCodeSchema, heatMapMethodSchema, heatMapSchema, resolvedModelManifestSchema } from '@holdout/contracts';
import { z } from 'zod';
import { devices } from './engines/engine.js';

/**
 * What the two sides say to each other: the parent writes requests to the child's standard input, the child writes
 * messages to its file descriptor 3, each a line of JSON. In the child a team's model is at work, which may have found
 * a way to speak for it: nothing here has room for words of its own but what goes to the log and to a rejection.
 */
export const messageDescriptor = 3;

/** First the model is loaded, then it predicts lists of images, or explains them, one list after the other. */
export const requestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('load'),
    bundleDirectory: z.string(),
    manifest: resolvedModelManifestSchema,
    threads: z.number().int().positive(),
  }),
  z.strictObject({
    kind: z.literal('predict'),
    /** Absolute paths, in the order of the predictions. */
    images: z.array(z.string()),
  }),
  z.strictObject({ kind: z.literal('explain'), images: z.array(z.string()), method: heatMapMethodSchema }),
]);
export type RunRequest = z.infer<typeof requestSchema>;
export type LoadRequest = Extract<RunRequest, { kind: 'load' }>;
export type ExplainRequest = Extract<RunRequest, { kind: 'explain' }>;

const placementSchema = z.strictObject({
  device: z.enum(devices),
  threads: z.number().int().min(1).max(1024),
  batchSize: z.number().int().min(1).max(1024),
});

const secondsSchema = z.number().min(0);

export const messageSchema = z.discriminatedUnion('kind', [
  /** Our program runs, and will hear requests. */
  z.strictObject({ kind: z.literal('ready') }),
  /** A line for the log, in order with the other messages, which what is printed is not. */
  z.strictObject({ kind: z.literal('log'), line: z.string() }),
  z.strictObject({ kind: z.literal('progress'), imagesDone: z.number().int().min(0) }),
  z.strictObject({
    kind: z.literal('result'),
    probabilities: z.array(z.number().min(0).max(1)),
    placement: placementSchema,
    /** How long the model took to load; the same in each result. */
    loadSeconds: secondsSchema,
    inferenceSeconds: secondsSchema,
  }),
  /** Where it looks, in the order of the images. */
  z.strictObject({ kind: z.literal('explained'), maps: z.array(heatMapSchema) }),
  /** The bundle's fault, or with the code `internal` ours. */
  z.strictObject({ kind: z.literal('fault'), code: errorCodeSchema, detail: z.string().max(5000) }),
]);
export type RunMessage = z.infer<typeof messageSchema>;
