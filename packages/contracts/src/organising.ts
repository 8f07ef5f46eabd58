import { z } from 'zod';
import { submissionSchema } from './api.js';
import { digestSchema } from './digest.js';
import { metricValueSchema } from './score.js';
import { standingSchema, submissionStateSchema } from './states.js';

/** Which submissions of a competition an organiser asks for; what is left out lets all through. */
export const submissionFilterSchema = z.object({
  phase: z.string().optional(),
  state: submissionStateSchema.optional(),
  standing: standingSchema.optional(),
  /** A part of the team's name, in whatever case. */
  team: z.string().max(200).optional(),
  /** A part of the name, the description, the link, the reason or the bundle's digest; or the submission's id. */
  text: z.string().max(200).optional(),
  /** Submitted at that moment or later; and before that one. */
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  /** The `next` of the page before. */
  before: z.uuid().optional(),
});
export type SubmissionFilter = z.infer<typeof submissionFilterSchema>;

/** A submission in an organiser's list. */
export const filteredSubmissionSchema = submissionSchema
  .pick({
    id: true,
    phase: true,
    team: true,
    name: true,
    engine: true,
    bundleSizeBytes: true,
    state: true,
    progress: true,
    reason: true,
    standing: true,
    standingReason: true,
    submittedAt: true,
  })
  .extend({
    /** As the phase publishes it; null where there is no score, or kappa is undefined. */
    kappa: z.number().nullable(),
  });
export type FilteredSubmission = z.infer<typeof filteredSubmissionSchema>;

/** The latest first; `total` counts all that the filter lets through. */
export const filteredSubmissionsSchema = z.object({
  submissions: z.array(filteredSubmissionSchema),
  total: z.number().int(),
  next: z.uuid().nullable(),
});
export type FilteredSubmissions = z.infer<typeof filteredSubmissionsSchema>;

/** How well two readers agree on the studies that both have read. */
export const pairAgreementSchema = z.object({
  first: z.string(),
  second: z.string(),
  studies: z.number().int(),
  /** On how many of them both said the same. */
  agreed: z.number().int(),
  kappa: metricValueSchema,
  /** 95 %, by the large-sample standard error; null where there is none. */
  interval: z.object({ lower: z.number(), upper: z.number() }).nullable(),
});
export type PairAgreement = z.infer<typeof pairAgreementSchema>;

/** How well the readers of a version of a test set agree with each other. Only organisers see it. */
export const readerAgreementSchema = z.object({
  version: digestSchema,
  readers: z.array(z.string()),
  /** Those whose majority is the gold standard. */
  goldReaders: z.array(z.string()),
  /** Each pair once. */
  pairs: z.array(pairAgreementSchema),
});
export type ReaderAgreement = z.infer<typeof readerAgreementSchema>;

/** The acts by which somebody saw what is hidden: as the audit log names them. */
export const hiddenDataActions = [
  'test-set.read',
  'image.read',
  'agreement.read',
  'heat-map.read',
  'heat-map.request',
  'hidden_log.read',
  'results.export',
] as const;
