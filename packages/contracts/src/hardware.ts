import { z } from 'zod';

/** The kinds of machine that evaluations need; each has a queue of its own, and a worker says which it serves. */
export const hardwareClasses = ['cpu', 'gpu'] as const;
export const hardwareSchema = z.enum(hardwareClasses);
export type Hardware = z.infer<typeof hardwareSchema>;
