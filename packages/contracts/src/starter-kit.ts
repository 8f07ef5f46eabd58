import { z } from 'zod';
import { digestSchema } from './digest.js';
import { engineSchema } from './manifest.js';
import { slugSchema } from './slug.js';

/** A bundle that runs as it is, which an organiser gives to those who begin; a competition has one of each engine. */
export const starterBundleSchema = z.object({
  engine: engineSchema,
  /** As its manifest has it. */
  name: z.string(),
  digest: digestSchema,
  /** Of its files, unpacked. */
  sizeBytes: z.number().int(),
  files: z.number().int(),
});
export type StarterBundle = z.infer<typeof starterBundleSchema>;
export const starterBundleListSchema = z.object({ bundles: z.array(starterBundleSchema) });

/** What is in the starter kit of a phase: an archive with a README, sample bundles, and the phase's public sample. */
export const starterKitSchema = z.object({
  competition: slugSchema,
  phase: slugSchema,
  fileName: z.string(),
  /** The folder that everything in it lies in. */
  folder: z.string(),
  /** Of the archive. */
  sizeBytes: z.number().int(),
  /** null where the organisers keep it, it is too large, or a hidden phase scores, or has scored, the same studies. */
  sample: z.object({ studies: z.number().int(), images: z.number().int() }).nullable(),
  /** In the order of the engines. */
  bundles: z.array(starterBundleSchema.omit({ digest: true }).extend({ folder: z.string() })),
});
export type StarterKit = z.infer<typeof starterKitSchema>;
