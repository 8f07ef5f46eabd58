import { errorCodeSchema, resolvedModelManifestSchema } from '@holdout/contracts';
import { z } from 'zod';

/**
 * What the two sides say to each other: the parent writes requests to the child's standard input, the child writes
 * messages to its file descriptor 3, each a line of JSON. Pipes work through a sandbox's wall as well.
 */
export const messageDescriptor = 3;

/** First the model is loaded, then it predicts lists of images, one list after the other. */
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
]);
export type RunRequest = z.infer<typeof requestSchema>;
export type LoadRequest = Extract<RunRequest, { kind: 'load' }>;

export const provenanceSchema = z.strictObject({
  engine: z.enum(['onnx', 'tfjs']),
  engineVersion: z.string(),
  device: z.string(),
  threads: z.number().int(),
  batchSize: z.number().int(),
});
export type RunProvenance = z.infer<typeof provenanceSchema>;

export const messageSchema = z.discriminatedUnion('kind', [
  /** A line for the log, in order with the other messages, which what is printed is not. */
  z.strictObject({ kind: z.literal('log'), line: z.string() }),
  z.strictObject({ kind: z.literal('progress'), imagesDone: z.number().int() }),
  z.strictObject({
    kind: z.literal('result'),
    probabilities: z.array(z.number()),
    provenance: provenanceSchema,
    /** How long the model took to load; the same in each result. */
    loadSeconds: z.number(),
    inferenceSeconds: z.number(),
  }),
  /** The bundle's fault, or with the code `internal` ours. */
  z.strictObject({ kind: z.literal('fault'), code: errorCodeSchema, detail: z.string() }),
]);
export type RunMessage = z.infer<typeof messageSchema>;
