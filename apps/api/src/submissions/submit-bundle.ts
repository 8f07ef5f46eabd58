import { HoldoutError, manifestFileName, type ResolvedManifest } from '@holdout/contracts';
import { findSubmission, insertSubmission, type PhaseRecord, type SubmissionRecord } from '@holdout/db';
import type { StoredBlob } from '@holdout/storage';
import { linkEvaluation } from '@holdout/telemetry';
import type { FastifyRequest } from 'fastify';
import type { RouteParts } from '../app.js';
import { ringEvaluations } from '../ring-evaluations.js';
import { checkInProcess } from '../uploads/check-in-process.js';
import { placeStoredFile } from '../uploads/place-stored-file.js';
import type { SubmissionDescription } from '../uploads/read-description.js';

interface SubmitBundle {
  readonly team: { readonly id: string; readonly name: string };
  readonly phase: PhaseRecord;
  readonly upload: StoredBlob;
  /** What the team says instead of its manifest's words. */
  readonly description: SubmissionDescription;
  /** Where the bundle came in parts: repeating it gives the submission that it made the first time. */
  readonly uploadId?: string;
}

/**
 * Enters a stored bundle in a phase: checks the whole archive, inserts the submission as `queued`,
 * then rings the bell. A bundle that is refused leaves no row behind.
 *
 * @throws HoldoutError with every problem that was found in the archive.
 */
export async function submitBundle(
  parts: RouteParts,
  { team, phase, upload, description, uploadId }: SubmitBundle,
  { id: requestId, log }: { readonly id: string | null } & Pick<FastifyRequest, 'log'>,
): Promise<SubmissionRecord> {
  const { database, queue } = parts;
  const checked = await checkStoredBundle(parts, upload.digest);
  const manifest = describeAnew(checked, description);
  refuseUnstorableText(manifest);
  const { submissionId, evaluationId } = await insertSubmission(database, {
    phaseId: phase.id,
    teamId: team.id,
    manifest,
    bundleDigest: upload.digest,
    bundleSizeBytes: upload.sizeBytes,
    stopOnWarning: description.stopOnWarning === 'true',
    uploadId,
    requestId,
  });
  log.info({ submissionId, evaluationId, team: team.name, phase: phase.slug, digest: upload.digest }, 'submitted');
  linkEvaluation(evaluationId);
  // After the commit, and no reason to refuse: the worker's reconcile rings for what stays queued.
  await ringEvaluations({ database, queue }, [evaluationId], log);
  const submission = await findSubmission(database, submissionId);
  if (!submission) throw new HoldoutError('internal', { detail: `Submission ${submissionId} is gone.` });
  return submission;
}

/** What the team says beside the archive stands instead of the manifest's words. */
function describeAnew(
  manifest: ResolvedManifest,
  { name, description, link }: SubmissionDescription,
): ResolvedManifest {
  return {
    ...manifest,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(link === undefined ? {} : { link }),
  };
}

async function checkStoredBundle(parts: RouteParts, digest: string): Promise<ResolvedManifest> {
  const { path, letGo } = await placeStoredFile(parts, digest);
  try {
    return (await checkInProcess(path)).manifest;
  } finally {
    await letGo();
  }
}

/** Postgres can store neither U+0000 nor half of a surrogate pair; JSON writes just these two as such escapes. */
function refuseUnstorableText(manifest: ResolvedManifest): void {
  if (!/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(JSON.stringify(manifest))) return;
  const message =
    'A name or text of holdout.json or of the model has a NUL or a broken character; expected plain text.';
  throw new HoldoutError('manifest_invalid', {
    detail: message,
    problems: [{ code: 'manifest_invalid', file: manifestFileName, message }],
  });
}
