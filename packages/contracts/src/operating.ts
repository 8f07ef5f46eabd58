import { z } from 'zod';
import { digestSchema } from './digest.js';
import { hardwareSchema } from './hardware.js';
import { slugSchema } from './slug.js';
import { submissionStateSchema } from './states.js';

const timeSchema = z.iso.datetime();

export const workerKinds = ['evaluating', 'scoring'] as const;
export type WorkerKind = (typeof workerKinds)[number];

/** Whether a worker takes new work: `paused` until it is resumed, `draining` for as long as it lives. */
export const workerModes = ['working', 'paused', 'draining'] as const;
export const workerModeSchema = z.enum(workerModes);
export type WorkerMode = z.infer<typeof workerModeSchema>;

/** What a worker says of itself when it starts. */
export const workerDescriptionSchema = z.object({
  /** What bundles run inside; null for one that runs none. */
  sandbox: z.string().nullable(),
  /** The model of its processor. */
  processor: z.string(),
  cores: z.number().int(),
  memoryBytes: z.number(),
  /** Device files of its GPUs; empty where it has none. */
  gpuDevices: z.array(z.string()),
  node: z.string(),
  /** By what it runs models, each with its version; empty for one that runs none. */
  engines: z.array(z.string()),
});
export type WorkerDescription = z.infer<typeof workerDescriptionSchema>;

/** An evaluation that is under way. */
const workSchema = z.object({
  submissionId: z.uuid(),
  competition: slugSchema,
  name: z.string(),
  team: z.string(),
  state: submissionStateSchema,
  since: timeSchema,
  imagesDone: z.number().int().nullable(),
  imagesTotal: z.number().int().nullable(),
});

export const workerSchema = z.object({
  id: z.uuid(),
  /** As the logs and leases name it: machine and process. */
  name: z.string(),
  kind: z.enum(workerKinds),
  machine: z.string(),
  mode: workerModeSchema,
  /** Whether it was heard of lately; where not, what it had is taken over by another. */
  alive: z.boolean(),
  description: workerDescriptionSchema,
  /** The hardware classes that it takes evaluations of; none for one that scores. */
  serves: z.array(hardwareSchema),
  startedAt: timeSchema,
  lastSeenAt: timeSchema,
  /** What it does now; empty where it waits. */
  work: z.array(workSchema),
});
export type Worker = z.infer<typeof workerSchema>;
export const workerListSchema = z.object({ workers: z.array(workerSchema) });

/** An evaluation that was begun and that nobody holds. */
const stuckSchema = z.object({
  evaluationId: z.uuid(),
  submissionId: z.uuid(),
  competition: slugSchema,
  name: z.string(),
  state: submissionStateSchema,
  attempts: z.number().int(),
  since: timeSchema,
});

/** What waits for one kind of worker, as Postgres knows it: the queue itself is only the bell. */
export const queueSchema = z.object({
  kind: z.enum(workerKinds),
  /** Of evaluations, the class that they need; null for scoring, which needs none. */
  hardware: hardwareSchema.nullable(),
  /** Workers that are there, serve it and take new work: with 0, what waits does not begin. */
  workers: z.number().int(),
  /** How many wait, and since when the one that has waited longest does. */
  waiting: z.number().int(),
  oldestSince: timeSchema.nullable(),
  underWay: z.number().int(),
  /** How many of all of these had to be begun more than once, and how often the worst of them was. */
  retried: z.number().int(),
  mostAttempts: z.number().int(),
  /** Whose worker was lost, or handed it back, and whom nobody has taken over yet. */
  stuck: z.array(stuckSchema),
});
export const queueListSchema = z.object({ queues: z.array(queueSchema) });
export type QueueReport = z.infer<typeof queueSchema>;

/** The room that a server's data takes, in bytes. */
export const installationSchema = z.object({
  versions: z.object({
    holdout: z.string(),
    node: z.string(),
    postgres: z.string(),
    /** What the living workers run models by; more than one version of an engine is a reason to look. */
    engines: z.array(z.string()),
  }),
  storage: z.object({
    /** Each file counted once, however many use it. */
    bundles: z.object({ files: z.number().int(), sizeBytes: z.number() }),
    images: z.object({ files: z.number().int(), sizeBytes: z.number() }),
    databaseBytes: z.number(),
    /** Of the disk that bundles and images lie on; null where the storage is no disk. */
    disk: z.object({ freeBytes: z.number(), sizeBytes: z.number() }).nullable(),
  }),
});
export type Installation = z.infer<typeof installationSchema>;

/** What uses a blob of the storage. */
export const blobUses = ['bundle', 'image', 'predictions', 'starter_bundle'] as const;
export type BlobUse = (typeof blobUses)[number];

/** Younger blobs are never removed: what they were put for may not be in the database yet. */
export const youngestCollectedHours = 24;

/** Which blobs to remove; a page at a time, from the digest after `after` on. */
export const collectionRequestSchema = z.strictObject({
  /** Only say what would be removed. */
  dryRun: z.boolean().default(true),
  olderThanHours: z.number().int().min(youngestCollectedHours).max(87_600).default(72),
  after: digestSchema.optional(),
});

/** The blobs of a page that nothing uses, and that are old enough. */
export const collectionSchema = z.object({
  looked: z.object({ files: z.number().int(), sizeBytes: z.number() }),
  /** Removed, or where it was a dry run, to be removed. */
  unused: z.object({ files: z.number().int(), sizeBytes: z.number() }),
  /** Where the next page begins; null after the last. */
  next: digestSchema.nullable(),
});
export type Collection = z.infer<typeof collectionSchema>;

export const verificationRequestSchema = z.strictObject({ after: digestSchema.optional() });

/** What reading the blobs of a page found. */
export const verificationSchema = z.object({
  verified: z.object({ files: z.number().int(), sizeBytes: z.number() }),
  problems: z.array(
    z.object({
      digest: digestSchema,
      problem: z.enum(['missing', 'damaged']),
      /** Empty: nothing, and `collect` removes it one day. */
      usedBy: z.array(z.enum(blobUses)),
    }),
  ),
  next: digestSchema.nullable(),
});
export type Verification = z.infer<typeof verificationSchema>;
