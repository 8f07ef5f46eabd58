import { type Submission, submissionSchema } from '@holdout/contracts';
import type { z } from 'zod';
import type { ServerConfig } from '../config.js';
import { readAnswer } from './request.js';
import { type FileToSend, sendFile } from './send-file.js';
import { uploadInParts } from './upload-in-parts.js';

export interface BundleUpload extends FileToSend {
  readonly competition: string;
  readonly phase: string;
  /** Instead of the manifest's. */
  readonly name?: string | undefined;
  readonly stopOnWarning?: boolean;
  /** Called once each time the connection is lost, and once each time it is back. */
  readonly onConnection: (state: 'lost' | 'back') => void;
  /** Where is kept which uploads were begun, for a command that is started again. */
  readonly uploadsDirectory: string;
  /** Called with how much had arrived, where it goes on with what an earlier command began. */
  readonly onResumed: (arrivedBytes: number) => void;
}

/** A larger archive is sent in parts, so that a link that breaks costs no more than what was on it. */
const sentWholeBytes = 8 * 1024 * 1024;

/**
 * Sends a bundle, whole or in parts, and waits until the server has checked it.
 *
 * @throws CommandError with every reason why the server refused it
 */
export async function uploadBundle(config: ServerConfig, upload: BundleUpload): Promise<Submission> {
  const { competition, phase, name, stopOnWarning } = upload;
  const phasePath = `/api/competitions/${encodeURIComponent(competition)}/phases/${encodeURIComponent(phase)}`;
  const words = { ...(name === undefined ? {} : { name }), ...(stopOnWarning ? { stopOnWarning: 'true' } : {}) };
  if (upload.sizeBytes > sentWholeBytes) return await uploadInParts(config, upload, `${phasePath}/uploads`, words);
  const query = new URLSearchParams(words);
  const path = `${phasePath}/submissions${query.size > 0 ? `?${query}` : ''}`;
  return await uploadArchive(config, { ...upload, path, schema: submissionSchema });
}

/** Sends an archive whole, to any address that takes one. */
export async function uploadArchive<T extends z.ZodType>(
  config: ServerConfig,
  upload: FileToSend & { readonly path: string; readonly schema: T },
): Promise<z.infer<T>> {
  const headers = { 'content-type': 'application/octet-stream' };
  const options = { method: 'POST' as const, path: upload.path, headers, offset: 0 };
  const { status, text } = await sendFile(config, upload, options);
  return readAnswer(config, upload.schema, status, text);
}
