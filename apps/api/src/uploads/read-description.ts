import { describeIssue, HoldoutError, submissionWordsSchema } from '@holdout/contracts';
import { z } from 'zod';

/** What a team may say of a submission beside its manifest, with the manifest's own limits. */
export const describeSchema = z
  .strictObject({
    ...submissionWordsSchema,
    /** Stops it before the hidden run where the check on the public sample warns. */
    stopOnWarning: z.enum(['true', 'false']),
  })
  .partial();
export type SubmissionDescription = z.infer<typeof describeSchema>;

/**
 * Reads what came beside an archive.
 *
 * @param place - where it stood, as the problems name it: `form`, `Upload-Metadata`
 * @throws HoldoutError `request_invalid` with every field that is wrong
 */
export function readDescription(fields: Readonly<Record<string, unknown>>, place: string): SubmissionDescription {
  const parsed = describeSchema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => {
    return describeIssue('request_invalid', { field: [place, ...issue.path.map(String)].join('.') }, issue);
  });
  throw new HoldoutError('request_invalid', { detail: problems.map((item) => item.message).join(' '), problems });
}
