import { z } from 'zod';

const probabilitySchema = z.number().min(0).max(1);

/** What a bundle said of one study: its probability of *abnormal*, the label it follows, and those of its images. */
export const studyPredictionSchema = z.strictObject({
  study: z.string(),
  /** null where only a label was given. */
  probability: probabilitySchema.nullable(),
  label: z.union([z.literal(0), z.literal(1)]),
  /** In the order of the study's images; empty where only the study was predicted. */
  imageProbabilities: z.array(probabilitySchema),
});
export type StudyPrediction = z.infer<typeof studyPredictionSchema>;

/** The blob that an evaluation leaves behind for scoring. */
export const predictionsFileSchema = z.strictObject({
  format: z.literal('holdout-predictions-1'),
  studies: z.array(studyPredictionSchema),
});
export type PredictionsFile = z.infer<typeof predictionsFileSchema>;
