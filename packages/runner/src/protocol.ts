import { errorCodeSchema, resolvedManifestSchema } from '@holdout/contracts';
import { z } from 'zod';

/**
 * What the two sides say to each other: the parent writes one request to the child's standard input, the child writes
 * messages to its file descriptor 3, each a line of JSON. Pipes work through a sandbox's wall as well.
 */
export const messageDescriptor = 3;

export const requestSchema = z.strictObject({
  bundleDirectory: z.string(),
  manifest: resolvedManifestSchema,
  /** Absolute paths, in the order of the predictions. */
  images: z.array(z.string()),
  threads: z.number().int().positive(),
});
export type RunRequest = z.infer<typeof requestSchema>;

export const provenanceSchema = z.strictObject({
  engine: z.enum(['onnx', 'tfjs']),
  engineVersion: z.string(),
  device: z.string(),
  threads: z.number().int(),
  batchSize: z.number().int(),
});
export type RunProvenance = z.infer<typeof provenanceSchema>;

export const messageSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('progress'), imagesDone: z.number().int() }),
  z.strictObject({
    kind: z.literal('result'),
    probabilities: z.array(z.number()),
    provenance: provenanceSchema,
    loadSeconds: z.number(),
    inferenceSeconds: z.number(),
  }),
  /** The bundle's fault, or with the code `internal` ours. */
  z.strictObject({ kind: z.literal('fault'), code: errorCodeSchema, detail: z.string() }),
]);
export type RunMessage = z.infer<typeof messageSchema>;
