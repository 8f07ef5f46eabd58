import { z } from 'zod';
import { competitionSentences as rules } from './competition-sentences.js';
import { digestSchema } from './digest.js';
import { failureReports } from './failure-kind.js';
import { fieldSentences } from './field-sentences.js';
import { hardwareSchema } from './hardware.js';
import { metricNameSchema } from './score.js';
import { shownLinesSchema, shownTextSchema } from './shown-text.js';
import { slugSchema } from './slug.js';

const mebibyte = 1024 ** 2;
const sizeUnits: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: mebibyte, GiB: 1024 ** 3 };
const timeUnits: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600, d: 86_400 };

/** A whole number of bytes, or one with a unit: `512 MiB`. */
const sizeSchema = withUnits(sizeUnits, rules.a_size);
const leastMemoryBytes = 64 * 1024 ** 2;
/** A whole number of seconds, or one with a unit: `30 min`. */
const durationSchema = withUnits(timeUnits, rules.a_time);

function withUnits(units: Readonly<Record<string, number>>, words: string) {
  const pattern = new RegExp(`^(\\d+) ?(${Object.keys(units).join('|')})$`);
  return z
    .union([z.number().int().positive(), z.string().regex(pattern, words)], { error: words })
    .transform((value) => {
      if (typeof value === 'number') return value;
      const [, number = '0', unit = ''] = pattern.exec(value) ?? [];
      return Number(number) * (units[unit] ?? 1);
    })
    .refine((value) => value > 0, words);
}

const dateSchema = z.iso.datetime({ offset: true, error: fieldSentences.a_moment });
const quotaSchema = z.number().int().positive().nullable();

/** Which of a team's scored submissions is its entry: the best, the last, or the best of those it chose. */
export const countedSchema = z.union([
  z.enum(['best', 'last']),
  z.strictObject({ chosen: z.number().int().min(1).max(10) }),
]);
export type CountedRule = z.infer<typeof countedSchema>;

export const rankingSchema = z.strictObject({
  /** The metrics that entries are ranked by; a later one decides where those before are equal. */
  by: z
    .array(metricNameSchema)
    .min(1)
    .default(['kappa'])
    .refine((names) => new Set(names).size === names.length, rules.metrics_once),
  /** Where all of them are equal: both have one rank, or the earlier submission has the better one. */
  ties: z.enum(['shared', 'earlier']).default('shared'),
});
export type RankingRule = z.infer<typeof rankingSchema>;

/** How much a phase tells of its scores, and when. */
export const releaseSchema = z.strictObject({
  /**
   * `exact`: every score is shown. `ladder`: one is shown only where it beats the team's best by more than noise
   * (Blum and Hardt, “The Ladder: A Reliable Leaderboard for Machine Learning Competitions”, ICML 2015).
   */
  scores: z.enum(['exact', 'ladder']).default('exact'),
  /** Of published values; null is all of them. Three in a hidden phase where it is left out, all in a public one. */
  decimals: z.number().int().min(1).max(6).nullable().optional(),
  /** Whether the metrics of each study type are shown. */
  studyTypes: z.boolean().default(true),
  intervals: z.boolean().default(true),
  /** Of a bundle that fails on hidden studies: its kind of failure, or only that it failed. */
  failures: z.enum(failureReports).default('kind'),
  /** `hidden`: no score is shown to anyone but organisers. `frozen`: the board stays as it is. */
  board: z.enum(['live', 'hidden', 'frozen']).default('live'),
  /** When `board` begins to hold; it is live before. From now on where it is left out. */
  from: dateSchema.nullable().default(null),
  /** When everything is shown for good: the board is live again, and the ladder lets go. */
  final: dateSchema.nullable().default(null),
});

export const phaseFileSchema = z.strictObject({
  phase: slugSchema,
  title: shownTextSchema.min(1).max(200),
  description: shownLinesSchema.max(10_000).default(''),
  visibility: z.enum(['public', 'hidden']),
  /** The names of test sets that were imported: what submissions are scored on, and what they are first tried on. */
  testSet: slugSchema,
  sample: slugSchema,
  /** Whether the starter kit has the sample’s pictures and labels: a licence may forbid handing them on. */
  sampleInKit: z.boolean().default(true),
  /** The readers whose majority is the gold standard, an odd number; as the test set came in where it is left out. */
  goldReaders: z
    .array(z.string().min(1))
    .min(1)
    .max(99)
    .refine((readers) => readers.length % 2 === 1, rules.odd_readers)
    .refine((readers) => new Set(readers).size === readers.length, rules.readers_once)
    .optional(),
  /** When submissions are taken; at any time where they are left out. */
  opens: dateSchema.nullable().default(null),
  closes: dateSchema.nullable().default(null),
  limits: z
    .strictObject({
      bundleSize: sizeSchema.prefault('512 MiB'),
      time: durationSchema.prefault('30 min'),
      memory: sizeSchema.refine((bytes) => bytes >= leastMemoryBytes, rules.interpreter_memory).prefault('4 GiB'),
      /** Of all processes and threads together; null: as much as the time and the cores allow. */
      cpuTime: durationSchema.nullable().default(null),
      /** Files that a bundle leaves in its scratch folder; they count as memory too. */
      scratch: sizeSchema.prefault('1 GiB'),
      /** Processes and threads at one time. */
      processes: z.number().int().min(1).max(100_000).default(256),
      /** That one process may have open. */
      openFiles: z.number().int().min(16).max(1_000_000).default(1024),
      fileSize: sizeSchema.prefault('1 GiB'),
      /** Of the predictions file. */
      output: sizeSchema.prefault('16 MiB'),
      /** Of all that a bundle prints. */
      log: sizeSchema.prefault('1 MiB'),
    })
    .prefault({}),
  /** As MURA had where it is left out; null is without limit. */
  quotas: z
    .strictObject({
      perDay: quotaSchema.default(5),
      total: quotaSchema.default(20),
      atOnce: quotaSchema.default(1),
    })
    .prefault({}),
  /** What waits in a phase of higher priority is run before anything of a lower one, of whatever competition. */
  priority: z.number().int().min(-10).max(10).default(0),
  /** `gpu`: every bundle of the phase runs on workers with a GPU; else only those that ask for one. */
  hardware: hardwareSchema.default('cpu'),
  counted: countedSchema.default('best'),
  ranking: rankingSchema.prefault({}),
  release: releaseSchema.prefault({}),
});
export type PhaseFile = z.infer<typeof phaseFileSchema>;

/** Data that lie elsewhere, such as a training set: whoever wants them goes there. */
export const dataLinkSchema = z.strictObject({
  name: shownTextSchema.min(1).max(200),
  description: shownLinesSchema.max(2000).default(''),
  url: z.url({ protocol: /^https$/, error: fieldSentences.https_address }).max(2000),
  size: sizeSchema.nullable().default(null),
  /** Of the file at the address, so that who has it can check it; left out where the address is a page. */
  sha256: digestSchema.nullable().default(null),
  licence: shownTextSchema.min(1).max(200).nullable().default(null),
});
export type DataLink = z.infer<typeof dataLinkSchema>;

/** A competition as its organisers write it, in one YAML file. */
export const competitionFileSchema = z.strictObject({
  competition: slugSchema,
  title: shownTextSchema.min(1).max(200),
  description: shownLinesSchema.max(10_000).default(''),
  /** What teams agree to. */
  rules: shownLinesSchema.max(50_000).default(''),
  /** In the order in which they are shown. */
  data: z
    .array(dataLinkSchema)
    .max(50)
    .default([])
    .refine((links) => new Set(links.map(({ name }) => name)).size === links.length, rules.data_once),
  phases: z
    .array(phaseFileSchema)
    .min(1)
    .max(100)
    .refine((phases) => new Set(phases.map(({ phase }) => phase)).size === phases.length, rules.phases_once),
});
export type CompetitionFile = z.infer<typeof competitionFileSchema>;
/** As it is written: with units, and what is left out left out. */
export type CompetitionFileInput = z.input<typeof competitionFileSchema>;

/** What applying a file changes, or would change. */
export const competitionChangesSchema = z.object({
  competition: slugSchema,
  /** Whether the competition is new. */
  created: z.boolean(),
  applied: z.boolean(),
  /** By path, such as `phases.test.quotas.perDay`; `from` null is new. */
  changes: z.array(z.object({ path: z.string(), from: z.unknown(), to: z.unknown() })),
});
export type CompetitionChanges = z.infer<typeof competitionChangesSchema>;
