import { errorCatalogue, HoldoutError } from '@holdout/contracts';
import {
  endUploadWithRefusal,
  findSubmission,
  findUpload,
  type SubmissionRecord,
  type UploadRecord,
} from '@holdout/db';
import type { StoredBlob } from '@holdout/storage';
import type { FastifyRequest } from 'fastify';
import type { RouteParts } from '../app.js';
import { findPhaseOrThrow } from '../competitions/find-phase.js';
import { toHoldoutError } from '../handle-errors.js';
import { submitBundle } from '../submissions/submit-bundle.js';
import { readMetadata } from './read-metadata.js';
import type { UploadStore } from './upload-store.js';

/** The request that asked for it; null where none did. */
type Asked = { readonly id: string | null } & Pick<FastifyRequest, 'log'>;

/** Makes submissions of uploads that are complete. */
export class UploadFinisher {
  readonly #parts: RouteParts;
  readonly #store: UploadStore;
  readonly #underWay = new Map<string, Promise<SubmissionRecord>>();

  constructor(parts: RouteParts, store: UploadStore) {
    this.#parts = parts;
    this.#store = store;
  }

  /**
   * What the plain upload does when its last byte is there. It is done once for each upload: whoever asks while it is
   * done waits for the same end, and who asks later is told how it ended. Where it failed by our fault, or for rules that
   * are not accepted yet, asking again tries again.
   *
   * @throws HoldoutError with what the plain upload would have been refused with; `upload_not_found`
   */
  finish(uploadId: string, asked: Asked): Promise<SubmissionRecord> {
    const underWay = this.#underWay.get(uploadId);
    if (underWay) return underWay;
    const finishing = this.#finish(uploadId, asked).finally(() => this.#underWay.delete(uploadId));
    this.#underWay.set(uploadId, finishing);
    return finishing;
  }

  /**
   * The same for nobody who waits for it.
   *
   * @returns whether it has ended; where it has not, by our fault, it is for later
   */
  async attempt(uploadId: string, asked: Asked): Promise<boolean> {
    try {
      await this.finish(uploadId, asked);
      return true;
    } catch (err) {
      const isOurs = errorCatalogue[toHoldoutError(err).code].fault === 'server';
      if (isOurs) asked.log.error({ err, uploadId }, 'an upload could not be finished; it is tried again');
      else asked.log.info({ err, uploadId }, 'the upload made no submission');
      return !isOurs;
    }
  }

  async #finish(uploadId: string, asked: Asked): Promise<SubmissionRecord> {
    const upload = await findUpload(this.#parts.database, uploadId);
    if (!upload) throw new HoldoutError('upload_not_found');
    if (upload.refusal || upload.submissionId) {
      // Who ended it may have died before its bytes were gone.
      await this.#removeBytes(upload, asked);
      if (upload.refusal) throw repeatRefusal(upload.refusal);
      return await findOrThrow(this.#parts, upload.submissionId ?? '');
    }
    try {
      const submission = await this.#submit(upload, asked);
      await this.#removeBytes(upload, asked);
      return submission;
    } catch (error) {
      // Another process may have ended it, and removed what this one was reading; or Postgres died after it was written.
      const now = await findUpload(this.#parts.database, uploadId);
      if (now?.submissionId) {
        await this.#removeBytes(now, asked);
        return await findOrThrow(this.#parts, now.submissionId);
      }
      const { code, detail = null, sentences, problems } = toHoldoutError(error);
      // Rules are accepted, and then the same bytes are good.
      if (errorCatalogue[code].fault === 'server' || code === 'rules_changed') throw error;
      await endUploadWithRefusal(this.#parts.database, { uploadId, refusal: { code, detail, sentences, problems } });
      await this.#removeBytes(upload, asked);
      throw error;
    }
  }

  /** Of one that has ended, whose end is told all the same: what stays is removed when it is asked for again, or in a minute. */
  async #removeBytes(upload: UploadRecord, { log }: Asked): Promise<void> {
    await this.#store.removeBytes(upload).catch((err: unknown) => {
      log.warn({ err, uploadId: upload.id }, 'the bytes of an upload that has ended could not be removed yet');
    });
  }

  async #submit(upload: UploadRecord, asked: Asked): Promise<SubmissionRecord> {
    const phase = await findPhaseOrThrow(this.#parts.database, upload);
    const team = { id: upload.teamId, name: upload.team };
    const stored = await this.#keep(upload, phase.limits.bundleSizeBytes).catch((err: unknown) => {
      if (!(err instanceof HoldoutError) || err.code !== 'storage_damaged') throw err;
      asked.log.error({ err, uploadId: upload.id }, 'the bytes of an upload are not as many as were announced');
      throw new HoldoutError('upload_damaged', { detail: err.detail ?? '', cause: err });
    });
    const description = readMetadata(upload.metadata);
    return await submitBundle(this.#parts, { team, phase, upload: stored, description, uploadId: upload.id }, asked);
  }

  /** @throws HoldoutError `storage_damaged` where a disk lost some of it, or has more than was sent: then nothing is kept */
  async #keep(upload: UploadRecord, limitBytes: number): Promise<StoredBlob> {
    const { storage } = this.#parts;
    const options = { limitBytes, sizeBytes: upload.sizeBytes };
    const path = this.#store.pathOf(upload);
    const digest = (await this.#store.digestOf(upload)) ?? '';
    if (path && storage.adopt) return await storage.adopt(path, { ...options, digest });
    return await storage.put(this.#store.read(upload), options);
  }
}

function repeatRefusal({ code, detail, sentences = [], problems }: NonNullable<UploadRecord['refusal']>): HoldoutError {
  return new HoldoutError(code, { ...(detail === null ? {} : { detail }), sentences, problems });
}

async function findOrThrow({ database }: RouteParts, submissionId: string): Promise<SubmissionRecord> {
  const submission = await findSubmission(database, submissionId);
  if (!submission) throw new HoldoutError('internal', { detail: `Submission ${submissionId} is gone.` });
  return submission;
}
