import type { Problem } from '@holdout/contracts';
import { DetailedError, Upload } from 'tus-js-client';
import { ProblemError, UnreachableError } from '../../api/problem-error.js';
import { isProblem } from '../../api/request.js';
import { readUploadResult } from '../../api/submissions.js';
import { SpeedMeter } from './speed-meter.js';

/** How an upload is doing. `finishing`: every byte is there, and the server checks the bundle. */
export interface UploadStatus {
  readonly state: 'sending' | 'paused' | 'finishing' | 'done' | 'failed';
  readonly sentBytes: number;
  /** null until it is known. */
  readonly bytesPerSecond: number | null;
  /** Why it failed; null where it has not. */
  readonly error: unknown;
  /** The submission that it made. */
  readonly submissionId: string | null;
}

interface BundleUploadOptions {
  /** Where uploads of the phase begin. */
  readonly endpoint: string;
  readonly file: Blob;
  readonly fileName: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Where an earlier part of it was sent; null for a new one. */
  readonly address: string | null;
  /** Is told where its parts are sent, as soon as the server has said so. */
  onAddress(address: string): void;
}

const retryDelaysMilliseconds = [0, 1000, 3000, 5000, 10_000, 20_000];

/** One bundle on its way, by the tus protocol: it can be paused, and goes on where the connection broke. */
export class BundleUpload {
  readonly #upload: Upload;
  readonly #speed = new SpeedMeter();
  readonly #listeners = new Set<() => void>();
  readonly #totalBytes: number;
  #address: string | null;
  #status: UploadStatus = { state: 'paused', sentBytes: 0, bytesPerSecond: null, error: null, submissionId: null };

  constructor({ endpoint, file, fileName, fields, address, onAddress }: BundleUploadOptions) {
    this.#address = address;
    this.#totalBytes = file.size;
    this.#upload = new Upload(file, {
      endpoint,
      metadata: { filename: fileName, ...fields },
      retryDelays: retryDelaysMilliseconds,
      // What is kept for after a reload is kept by `kept-upload.ts`, together with the file.
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => {
        const { url } = this.#upload;
        if (url === null || url === this.#address) return;
        this.#address = url;
        onAddress(url);
      },
      onProgress: (sentBytes) => this.#progress(sentBytes),
      onSuccess: () => void this.#finish(),
      onError: (error) => this.#change({ state: 'failed', error: explainError(error), bytesPerSecond: null }),
    });
  }

  readonly read = (): UploadStatus => this.#status;

  readonly follow = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begins, or goes on after a pause or a failure. */
  start(): void {
    if (this.#status.state === 'sending' || this.#status.state === 'finishing') return;
    this.#speed.reset();
    this.#change({ state: 'sending', error: null, bytesPerSecond: null });
    // After a refusal, such as of a session that has ended, the library would begin anew.
    this.#upload.url = this.#address;
    this.#upload.start();
  }

  /** What the server has got stays there. */
  async pause(): Promise<void> {
    this.#change({ state: 'paused', bytesPerSecond: null });
    await this.#upload.abort();
  }

  /** Lets the server forget what it has got. */
  async giveUp(): Promise<void> {
    await this.#upload.abort();
    if (this.#address !== null) await Upload.terminate(this.#address).catch(() => undefined);
  }

  #progress(sentBytes: number): void {
    if (this.#status.state !== 'sending') return;
    this.#speed.add(sentBytes, performance.now());
    const state = sentBytes === this.#totalBytes ? 'finishing' : 'sending';
    this.#change({ state, sentBytes, bytesPerSecond: this.#speed.bytesPerSecond() });
  }

  async #finish(): Promise<void> {
    this.#change({ state: 'finishing', sentBytes: this.#totalBytes });
    try {
      const { id } = await readUploadResult(this.#address ?? '');
      this.#change({ state: 'done', submissionId: id });
    } catch (error) {
      this.#change({ state: 'failed', error });
    }
  }

  #change(change: Partial<UploadStatus>): void {
    this.#status = { ...this.#status, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** The server's words, where it said some. */
function explainError(error: Error): Error {
  const body = error instanceof DetailedError ? error.originalResponse?.getBody() : undefined;
  const problem = body ? readProblem(body) : null;
  return problem ? new ProblemError(problem) : new UnreachableError(error.message, { cause: error });
}

function readProblem(body: string): Problem | null {
  try {
    const parsed: unknown = JSON.parse(body);
    return isProblem(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
