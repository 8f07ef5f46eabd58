import { z } from 'zod';

/** Jobs carry ids, never objects: Postgres is the truth, the queue only the bell. */
export const evaluationJobSchema = z.strictObject({ evaluationId: z.uuid() });
export type EvaluationJob = z.infer<typeof evaluationJobSchema>;

export const scoringJobSchema = z.strictObject({ evaluationId: z.uuid() });
export type ScoringJob = z.infer<typeof scoringJobSchema>;
