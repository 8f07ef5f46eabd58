import { randomUUID } from 'node:crypto';
import { HoldoutError } from '@holdout/contracts';
import type { PhaseRecord } from '@holdout/db';
import { Server } from '@tus/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { explainRefusal } from './explain-refusal.js';
import type { UploadFinisher } from './finish-upload.js';
import { readMetadata } from './read-metadata.js';
import { tooLarge } from './receive-upload.js';
import { UploadLocks } from './upload-locks.js';
import { openPart, type UploadPart } from './upload-part.js';
import type { UploadStore } from './upload-store.js';

/** For whom a request is, and to which phase; it was authorised before. */
export interface UploadContext {
  readonly request: FastifyRequest;
  readonly teamId: string;
  readonly phase: PhaseRecord;
}

/** How long a connection that is thought dead may take to write what it has, when its sender is back on another. */
const handoverMilliseconds = 1000;

/** What of the library's answer leaves: the protocol's own headers, and none that opens the server to other origins. */
const answeredHeaders = [
  'location',
  'tus-resumable',
  'upload-expires',
  'upload-length',
  'upload-metadata',
  'upload-offset',
];

/** Answers requests of the tus protocol, version 1.0.0, by the tus library, and its refusals by the catalogue. */
export class TusHandler {
  readonly #server: Server;
  /** What the library does not know of its requests. */
  readonly #contexts = new WeakMap<object, UploadContext & { refusal?: unknown }>();

  constructor(store: UploadStore, finisher: UploadFinisher) {
    this.#server = new Server({
      path: '/uploads',
      datastore: store,
      locker: new UploadLocks(),
      lockDrainTimeout: handoverMilliseconds,
      namingFunction: () => randomUUID(),
      generateUrl: (request, { id }) => `${new URL(request.url).pathname.replace(/\/$/, '')}/${id}`,
      onUploadCreate: async (request, { id, size: sizeBytes = 0, metadata = {} }) => {
        const { teamId, phase } = this.#contextOf(request);
        const limitBytes = phase.limits.bundleSizeBytes;
        if (sizeBytes > limitBytes) throw tooLarge(limitBytes, sizeBytes);
        readMetadata(metadata);
        await store.begin({ id, teamId, phaseId: phase.id, sizeBytes, metadata });
        return {};
      },
      // All bytes are there, whatever becomes of them: the result is read on its own, and as often as need be.
      onUploadFinish: async (request, { id }) => {
        const { log } = this.#contextOf(request).request;
        await finisher.finish(id, log).catch((error: unknown) => {
          log.info({ err: error, uploadId: id }, 'the upload made no submission');
        });
        return {};
      },
      onResponseError: (request, error) => {
        this.#contextOf(request).refusal = error;
        return undefined;
      },
    });
  }

  /** @throws HoldoutError where the library, or a hook of ours, refuses */
  async answer(context: UploadContext, reply: FastifyReply): Promise<FastifyReply> {
    const { raw } = context.request;
    const part = context.request.method === 'PATCH' || context.request.method === 'POST' ? openPart(raw) : null;
    const kept = { ...context };
    try {
      const request = toWebRequest(context.request, part);
      this.#contexts.set(request, kept);
      const response = await this.#server.handleWeb(request);
      if ('refusal' in kept) throw explainRefusal(kept.refusal);
      if (response.status >= 400) throw explainRefusal({ status_code: response.status, body: await response.text() });
      for (const name of answeredHeaders) {
        const value = response.headers.get(name);
        if (value !== null) reply.header(name, value);
      }
      return reply.code(response.status).send();
    } catch (error) {
      reply.header('tus-resumable', '1.0.0');
      throw raw.destroyed && !raw.complete ? new HoldoutError('upload_incomplete', { cause: error }) : error;
    } finally {
      part?.end();
    }
  }

  #contextOf(request: object): UploadContext & { refusal?: unknown } {
    const context = this.#contexts.get(request);
    if (!context) throw new Error('A request that nobody authorised.');
    return context;
  }
}

/** The library takes requests of the web's kind; only the path of the address means anything to it. */
function toWebRequest(request: FastifyRequest, part: UploadPart | null): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  const body = part ? { body: part.stream, duplex: 'half' as const } : {};
  return new Request(new URL(request.url, 'http://localhost'), { method: request.method, headers, ...body });
}
