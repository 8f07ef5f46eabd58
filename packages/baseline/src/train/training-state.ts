import { z } from 'zod';

/** What a training is; a folder holds one, and goes on only with the same. */
export const settingsSchema = z.object({
  network: z.object({
    blocks: z.array(z.number().int().positive()),
    growth: z.number().int().positive(),
    initialFeatures: z.number().int().positive(),
    inputSize: z.number().int().positive(),
    channels: z.literal([1, 3]),
  }),
  /** Of pixels from 0 to 1, one for each channel. */
  mean: z.array(z.number()),
  std: z.array(z.number().positive()),
  batchSize: z.number().int().positive(),
  learningRate: z.number().positive(),
  patience: z.number().int().positive(),
  /** How many of the best networks are kept. */
  members: z.number().int().positive(),
  seed: z.string(),
  /** Of the images, their names and labels. */
  dataDigest: z.string(),
  /** Of the file that the first weights came from; null where they were drawn. */
  weightsDigest: z.string().nullable(),
});
export type Settings = z.infer<typeof settingsSchema>;

const epochSchema = z.object({
  /** From 1 on. */
  epoch: z.number().int(),
  trainingLoss: z.number(),
  validationLoss: z.number(),
  /** Of the validation studies; null where it is not defined. */
  kappa: z.number().nullable(),
  learningRate: z.number(),
  seconds: z.number(),
});
export type EpochRecord = z.infer<typeof epochSchema>;

const memberSchema = z.object({ epoch: z.number().int(), validationLoss: z.number(), kappa: z.number().nullable() });
export type Member = z.infer<typeof memberSchema>;

/** Where a training stands, but for the weights and moments. */
export const stateSchema = z.object({
  settings: settingsSchema,
  /** Epochs that are done. */
  epochs: z.number().int(),
  /** Batches done of the epoch after them, and how many images were in them. */
  batches: z.number().int(),
  images: z.number().int(),
  /** Sum of the batches' losses, each times its images. */
  lossSum: z.number(),
  /** Time that this epoch took so far. */
  seconds: z.number(),
  steps: z.number().int(),
  pace: z.object({ learningRate: z.number(), lowestLoss: z.number().nullable(), epochsWithout: z.number().int() }),
  /** Lowest validation loss first. */
  members: z.array(memberSchema),
  history: z.array(epochSchema),
});
export type TrainingState = z.infer<typeof stateSchema>;

export function beginTraining(settings: Settings): TrainingState {
  const pace = { learningRate: settings.learningRate, lowestLoss: null, epochsWithout: 0 };
  return {
    settings,
    epochs: 0,
    batches: 0,
    images: 0,
    lossSum: 0,
    seconds: 0,
    steps: 0,
    pace,
    members: [],
    history: [],
  };
}

/** The best with a new one among them, where it is one of them. */
export function placeMember(members: readonly Member[], member: Member, most: number): Member[] {
  // Of two that are equally good the earlier one stays in front.
  return [...members, member].sort((a, b) => a.validationLoss - b.validationLoss).slice(0, most);
}
