import { z } from 'zod';

/** How an entry stands to the best reader. */
export const readerVerdicts = ['better than', 'worse than', 'not told apart from'] as const;
export const readerVerdictSchema = z.enum(readerVerdicts);
export type ReaderVerdict = z.infer<typeof readerVerdictSchema>;

export const rankBoundsSchema = z.object({ lower: z.number().int().min(1), upper: z.number().int().min(1) });

/** How sure the place of one entry is. */
export const entryStatisticsSchema = z.object({
  /** The ranks that it could as well have; null for one without a rank. */
  rank: rankBoundsSchema.nullable(),
  /** Whether it can be told from the first of the teams; null for reference entries, and where it has no kappa. */
  toldApartFromFirst: z.boolean().nullable(),
  /** Against the best reader; null where there is none. */
  againstBestReader: readerVerdictSchema.nullable(),
});
export type EntryStatistics = z.infer<typeof entryStatisticsSchema>;

/** How sure the places of a board are, as the scoring worker leaves it. */
export const boardStatisticsSchema = z.object({
  level: z.number().gt(0).lt(1),
  resamples: z.number().int().min(1),
  seed: z.number().int().min(0),
  /** By the id of the team entry's evaluation. An entry that is not in here was not there, or too far down. */
  entries: z.record(z.string(), entryStatisticsSchema),
});
export type BoardStatistics = z.infer<typeof boardStatisticsSchema>;
