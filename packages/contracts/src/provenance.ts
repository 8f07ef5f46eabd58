import { z } from 'zod';
import { digestSchema } from './digest.js';
import { engineSchema } from './manifest.js';

/** How predictions were made. What a worker of an earlier release did not say is null. */
export const runProvenanceSchema = z.object({
  engine: engineSchema,
  /** The engine's package and its version. */
  engineVersion: z.string().nullable(),
  /** Of the files that the engine ran from. */
  engineDigest: digestSchema.nullable(),
  device: z.string().nullable(),
  threads: z.number().int().nullable(),
});
export type RunProvenance = z.infer<typeof runProvenanceSchema>;

/** What a score rests on. Digests are sha256, so each thing can be told again, and none can be read. */
export const provenanceSchema = z.object({
  /** null, as `run`, where only predictions were imported. */
  bundleDigest: digestSchema.nullable(),
  testSetVersion: digestSchema,
  predictionsDigest: digestSchema,
  run: runProvenanceSchema.nullable(),
  scorerVersion: z.string(),
});
export type Provenance = z.infer<typeof provenanceSchema>;
