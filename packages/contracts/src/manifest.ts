import { z } from 'zod';
import { shownLinesSchema, shownTextSchema } from './shown-text.js';

/** The engines a bundle may name. */
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

/**
 * By which tensors of the model a class activation map is made, M(x, y) = Σ wₖ·fₖ(x, y) (Zhou et al., CVPR 2016): its last
 * feature maps, and the weights of the layer that makes the output of their means.
 */
const camSchema = z.strictObject({
  /** ONNX: a value of the graph; TF.js: a layer, or a node of a graph model. [images, K, h, w], or channels last. */
  features: z.string().min(1).max(1024),
  /** ONNX: an initializer; TF.js: a weight, `dense/kernel`. K values, or K for each of the model's outputs. */
  weights: z.string().min(1).max(1024),
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

/** A study is called abnormal when its probability is greater than this. */
const thresholdSchema = z.number().min(0).max(1);
const aggregationSchema = z.enum(['mean', 'max']);

const modelManifestSchema = z.strictObject({
  ...submissionWordsSchema,
  studyAggregation: aggregationSchema.default('mean'),
  threshold: thresholdSchema.default(0.5),
  engine: z.enum(['onnx', 'tfjs']),
  model: bundlePathSchema,
  input: inputSchema.prefault({}),
  output: outputSchema.prefault({}),
  /** Where it is left out, heat maps are made by occlusion. */
  cam: camSchema.optional(),
});

/** What stands in a command for the two files of the contract; both must be named. */
export const commandPlaceholders = { images: '{images_csv}', predictions: '{predictions_csv}' } as const;

const argumentSchema = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes('\0'), 'must not hold a NUL character');

const commandSchema = z
  .array(argumentSchema)
  .min(1)
  .max(64)
  .refine(
    (words) =>
      Object.values(commandPlaceholders).every((placeholder) => words.some((word) => word.includes(placeholder))),
    `must name ${commandPlaceholders.images} and ${commandPlaceholders.predictions}`,
  );

/** What a program is given of its own; nothing else is in its environment but what the contract says. */
const environmentSchema = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be a name of letters, digits and “_”'),
    z
      .string()
      .max(4096)
      .refine((text) => !text.includes('\0'), 'must not hold a NUL character'),
  )
  .refine((variables) => Object.keys(variables).length <= 64, 'must be at most 64 variables');

/** A container image that can't change: `registry/name@sha256:…`. */
const imageSchema = z
  .string()
  .max(512)
  .regex(/^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$/, 'must be an image with its digest: registry/name@sha256:…');

/** A team's own executable code, run by MURA's contract. */
const commandManifestSchema = z.strictObject({
  ...submissionWordsSchema,
  threshold: thresholdSchema.default(0.5),
  engine: z.literal('command'),
  /** Program and arguments, as they are: no shell reads them. */
  command: commandSchema,
  image: imageSchema.optional(),
  /** Whether it wants a GPU: it waits for a worker that serves `gpu`, and is run also where that one's machine has none. */
  gpu: z.boolean().default(false),
  /** Lower limits than the phase's, where a team wants them. */
  memoryBytes: z.number().int().positive().optional(),
  timeLimitSeconds: z.number().int().positive().optional(),
  environment: environmentSchema.default({}),
});

/** `holdout.json` as its team wrote it; what the model file itself tells may be left out. */
export const manifestSchema = z.discriminatedUnion('engine', [modelManifestSchema, commandManifestSchema]);
export type Manifest = z.infer<typeof manifestSchema>;
export type ModelManifest = z.infer<typeof modelManifestSchema>;
export type CommandManifest = z.infer<typeof commandManifestSchema>;

/** A model's manifest in which nothing is open: silent fields were filled in from the model file. */
export const resolvedModelManifestSchema = z.strictObject({
  ...submissionWordsSchema,
  studyAggregation: aggregationSchema,
  threshold: thresholdSchema,
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
  cam: camSchema.optional(),
});
export type ResolvedModelManifest = z.infer<typeof resolvedModelManifestSchema>;

/** A command's manifest in which nothing is open. */
export const resolvedCommandManifestSchema = z.strictObject({
  ...submissionWordsSchema,
  threshold: thresholdSchema,
  engine: z.literal('command'),
  command: commandSchema,
  image: imageSchema.nullable(),
  gpu: z.boolean(),
  memoryBytes: z.number().int().positive().nullable(),
  timeLimitSeconds: z.number().int().positive().nullable(),
  environment: environmentSchema,
});
export type ResolvedCommandManifest = z.infer<typeof resolvedCommandManifestSchema>;
/** What kind of bundle it is, its `engine` tells. */
export type ResolvedManifest = ResolvedModelManifest | ResolvedCommandManifest;

export const manifestFileName = 'holdout.json';

function isPlainRelativePath(path: string): boolean {
  return !path.includes('\\') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
