import { z } from 'zod';
import { hardwareSchema } from './hardware.js';

/** A time that is not known yet, by what was measured: one in ten was shorter than `lower`, one in ten longer than `upper`. */
export const expectedSecondsSchema = z.object({
  lower: z.number().min(0),
  median: z.number().min(0),
  upper: z.number().min(0),
});
export type ExpectedSeconds = z.infer<typeof expectedSecondsSchema>;

/** Where a submission stands in the queue, and how long it is expected to take from now. */
export const queuePlaceSchema = z.object({
  /** 1 is the next of its hardware class; null for one that waits no longer. */
  place: z.number().int().positive().nullable(),
  /** What it needs: each class has its own queue, and workers that serve it. */
  hardware: hardwareSchema,
  /** Workers that are there and serve that class; with 0 it is kept, and begins when one is there. */
  workers: z.number().int().min(0),
  /** Evaluations of that class that workers are at. */
  underWay: z.number().int().min(0),
  /** Until a worker takes it; null where it waits no longer, or nothing was measured. */
  untilStart: expectedSecondsSchema.nullable(),
  /** Until it is scored; null where it has ended, or nothing was measured. */
  untilEnd: expectedSecondsSchema.nullable(),
  /** How many earlier evaluations of its phase were measured. */
  measured: z.number().int().min(0),
});
export type QueuePlace = z.infer<typeof queuePlaceSchema>;
