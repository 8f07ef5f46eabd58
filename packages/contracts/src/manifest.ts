import { z } from 'zod';
import { shownLinesSchema, shownTextSchema } from './shown-text.js';

/** The engines a bundle may name. `command` is recognised; whether it can be run is the server's to say. */
export const engines = ['onnx', 'tfjs', 'command'] as const;
export const engineSchema = z.enum(engines);
export type Engine = z.infer<typeof engineSchema>;

/** A path inside a bundle: relative, forward slashes, no `.` or `..` parts. */
const bundlePathSchema = z
  .string()
  .min(1)
  .max(1024)
  .refine(isPlainRelativePath, 'must be a relative path inside the bundle, without “.” or “..” parts');

const resizeModeSchema = z.enum(['stretch', 'contain', 'cover']);
const activationSchema = z.enum(['none', 'sigmoid', 'softmax']);
const sideSchema = z.number().int().min(8).max(4096);
const perChannelSchema = z.array(z.number()).min(1).max(3);

/** How an image becomes the model's input: `((pixel · scale) − mean) / std`, per channel, pixel in 0..255. */
export const inputSchema = z.strictObject({
  width: sideSchema.optional(),
  height: sideSchema.optional(),
  channels: z.literal([1, 3]).optional(),
  layout: z.enum(['nchw', 'nhwc']).optional(),
  resize: resizeModeSchema.default('stretch'),
  scale: z
    .number()
    .positive()
    .default(1 / 255),
  mean: perChannelSchema.optional(),
  std: perChannelSchema.refine((values) => values.every((value) => value > 0), 'must be greater than 0').optional(),
});

export const outputSchema = z.strictObject({
  /** Which of the model's outputs; the only one where it is left out. */
  name: z.string().min(1).optional(),
  activation: activationSchema.default('none'),
  /** Which value of the output vector is the probability of *abnormal*; needed where it has more than one. */
  index: z.number().int().min(0).max(65_535).optional(),
});

/** What a team says of a submission. */
export const submissionWordsSchema = {
  name: shownTextSchema.min(1).max(100),
  description: shownLinesSchema.max(2000).optional(),
  link: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
};

const studyRuleSchema = {
  studyAggregation: z.enum(['mean', 'max']).default('mean'),
  /** A study is called abnormal when its probability is greater than this. */
  threshold: z.number().min(0).max(1).default(0.5),
};

const modelManifestSchema = z.strictObject({
  ...submissionWordsSchema,
  ...studyRuleSchema,
  engine: z.enum(['onnx', 'tfjs']),
  model: bundlePathSchema,
  input: inputSchema.prefault({}),
  output: outputSchema.prefault({}),
});

/** `command` bundles; the contract is complete once the sandbox exists. */
const commandManifestSchema = z.looseObject({
  ...submissionWordsSchema,
  ...studyRuleSchema,
  engine: z.literal('command'),
  command: z.array(z.string().min(1)).min(1),
});

/** `holdout.json` as its team wrote it; what the model file itself tells may be left out. */
export const manifestSchema = z.discriminatedUnion('engine', [modelManifestSchema, commandManifestSchema]);
export type Manifest = z.infer<typeof manifestSchema>;
export type ModelManifest = z.infer<typeof modelManifestSchema>;

/** A manifest in which nothing is open: silent fields were filled in from the model file. */
export const resolvedManifestSchema = z.strictObject({
  ...submissionWordsSchema,
  studyAggregation: z.enum(['mean', 'max']),
  threshold: z.number().min(0).max(1),
  engine: z.enum(['onnx', 'tfjs']),
  model: bundlePathSchema,
  input: z.strictObject({
    /** The model's own name for its image input. */
    name: z.string(),
    width: sideSchema,
    height: sideSchema,
    channels: z.literal([1, 3]),
    layout: z.enum(['nchw', 'nhwc']),
    resize: resizeModeSchema,
    scale: z.number().positive(),
    /** One value a channel. */
    mean: perChannelSchema,
    std: perChannelSchema,
    /** The model accepts only this many images at once; null where any number is accepted. */
    fixedBatchSize: z.number().int().min(1).max(1024).nullable(),
  }),
  output: z.strictObject({
    name: z.string(),
    activation: activationSchema,
    /** 0 where the model has one value per image. */
    index: z.number().int().min(0),
  }),
});
export type ResolvedManifest = z.infer<typeof resolvedManifestSchema>;

export const manifestFileName = 'holdout.json';

function isPlainRelativePath(path: string): boolean {
  return !path.includes('\\') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
