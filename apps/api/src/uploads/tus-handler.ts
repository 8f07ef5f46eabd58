import { randomUUID } from 'node:crypto';
import { HoldoutError } from '@holdout/contracts';
import type { Database, PhaseRecord, UploadRecord } from '@holdout/db';
import { Metadata, Server } from '@tus/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { checksumAlgorithms, readChecksum } from './check-part.js';
import { findPartial, findSentBefore, readConcat, writeConcat } from './concatenate.js';
import { explainRefusal } from './explain-refusal.js';
import type { UploadFinisher } from './finish-upload.js';
import { readMetadata } from './read-metadata.js';
import { tooLarge } from './receive-upload.js';
import { RequestStore } from './request-store.js';
import { UploadLocks } from './upload-locks.js';
import { openPart, type UploadPart } from './upload-part.js';
import type { UploadStore } from './upload-store.js';

/** For whom a request is, and to which phase; it was authorised before. */
export interface UploadContext {
  readonly request: FastifyRequest;
  readonly teamId: string;
  readonly phase: PhaseRecord;
  /** null where one is begun. */
  readonly upload: UploadRecord | null;
}

interface TusParts {
  readonly database: Database;
  readonly store: UploadStore;
  readonly finisher: UploadFinisher;
  /** Where a part with a checksum lies until it is known to be right. */
  readonly checkingDirectory: string;
  /** How long nothing of a part may come. */
  readonly silenceSeconds: number;
}

/** What the library does not know of its requests; `id` is of the one upload that it may touch. */
type Kept = UploadContext & { id: string; partial: boolean; refusal?: unknown };

/** How long a connection that is thought dead may take to write what it has, when its sender is back on another. */
const handoverMilliseconds = 1000;

/** What of the library's answer leaves: the protocol's own headers, and none that opens the server to other origins. */
const answeredHeaders = [
  'location',
  'tus-extension',
  'tus-resumable',
  'tus-version',
  'upload-expires',
  'upload-length',
  'upload-metadata',
  'upload-offset',
];

/** Answers requests of the tus protocol, version 1.0.0, by the tus library, and its refusals by the catalogue. */
export class TusHandler {
  readonly #server: Server;
  readonly #parts: TusParts;
  readonly #requestStore: RequestStore;
  readonly #contexts = new WeakMap<object, Kept>();

  constructor(parts: TusParts) {
    const { database, store, finisher } = parts;
    this.#parts = parts;
    this.#requestStore = new RequestStore(store, parts.checkingDirectory);
    this.#server = new Server({
      path: '/uploads',
      datastore: this.#requestStore,
      locker: new UploadLocks(database),
      lockDrainTimeout: handoverMilliseconds,
      namingFunction: (request) => this.#contextOf(request).id,
      // Left to itself the library takes the id from the end of the address, which nobody authorised.
      getFileIdFromRequest: (request) => this.#contextOf(request).id,
      generateUrl: (request, { id }) => `${pathOf(request.url)}/${id}`,
      onUploadCreate: async (request, { id, size: sizeBytes = 0, metadata = {} }) => {
        const { teamId, phase, partial } = this.#contextOf(request);
        const limitBytes = phase.limits.bundleSizeBytes;
        if (sizeBytes > limitBytes) throw tooLarge(limitBytes, sizeBytes);
        readMetadata(metadata);
        await store.begin({ id, teamId, phaseId: phase.id, sizeBytes, metadata, partial, concatenates: null });
        return {};
      },
      onUploadFinish: async (request, { id }) => {
        const { request: asked, upload, partial } = this.#contextOf(request);
        // All bytes are there, whatever becomes of them: the result is read on its own, and as often as need be.
        if (!(upload?.partial ?? partial)) await finisher.attempt(id, asked);
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
    reply.header('tus-resumable', '1.0.0');
    const { request, upload } = context;
    if (request.method === 'PATCH' && upload?.concatenates) throw new HoldoutError('upload_is_final');
    const concat = request.method === 'POST' ? readConcat(headerOf(request, 'upload-concat')) : null;
    if (concat !== null && concat !== 'partial') return await this.#concatenate(context, concat.ids, reply);
    const id = upload?.id ?? randomUUID();
    await this.#askLibrary({ ...context, id, partial: concat === 'partial' }, reply);
    const path = pathOf(request.url).replace(/\/[^/]+$/, '');
    const again = request.method === 'HEAD' && upload ? writeConcat(upload, path) : null;
    if (again !== null) reply.header('upload-concat', again);
    return reply.send();
  }

  /** What this server can do, for whoever asks. */
  describe(reply: FastifyReply): FastifyReply {
    return reply
      .code(204)
      .headers({
        'tus-resumable': '1.0.0',
        'tus-version': '1.0.0',
        'tus-extension': this.#parts.store.extensions.join(','),
      })
      .header('tus-checksum-algorithm', checksumAlgorithms.join(','))
      .send();
  }

  async #askLibrary(kept: Kept, reply: FastifyReply): Promise<void> {
    const { raw } = kept.request;
    const header = headerOf(kept.request, 'upload-checksum');
    const checksum = header === undefined ? null : readChecksum(header);
    const part = this.#openPart(kept);
    try {
      const request = toWebRequest(kept.request, part);
      this.#contexts.set(request, kept);
      const asked = { uploadId: kept.id, checksum };
      const response = await this.#requestStore.answerFor(asked, () => this.#server.handleWeb(request));
      // Its sender was never told of it.
      if (checksum && !kept.upload && 'refusal' in kept) await this.#parts.store.remove(kept.id);
      if (checksum && part?.stalled) throw new HoldoutError('upload_stalled');
      if ('refusal' in kept) throw explainRefusal(kept.refusal);
      if (response.status >= 400) throw explainRefusal({ status_code: response.status, body: await response.text() });
      if (part?.stalled) throw new HoldoutError('upload_stalled', { detail: 'What came before it was kept.' });
      for (const name of answeredHeaders) {
        const value = response.headers.get(name);
        if (value !== null) reply.header(name, value);
      }
      reply.code(response.status);
    } catch (error) {
      throw raw.destroyed && !raw.complete ? new HoldoutError('upload_incomplete', { cause: error }) : error;
    } finally {
      part?.end();
    }
  }

  #openPart({ request }: UploadContext): UploadPart | null {
    if (request.method !== 'PATCH' && request.method !== 'POST') return null;
    return openPart(request.raw, this.#parts.silenceSeconds);
  }

  /** Begins and ends an upload at once, whose bytes are those of partial ones. */
  async #concatenate(context: UploadContext, ids: readonly string[], reply: FastifyReply): Promise<FastifyReply> {
    const { request, teamId, phase } = context;
    const { database, store } = this.#parts;
    if (headerOf(request, 'tus-resumable') !== '1.0.0') throw new HoldoutError('upload_protocol_unknown');
    const owner = { teamId, phaseId: phase.id };
    // Sent again, since the answer was lost: the partial ones may be gone by now.
    const before = await findSentBefore(database, ids, owner);
    if (before !== null) return await this.#answerFinal(before, request, reply);
    const found = await findPartial(database, store, ids, owner);
    const sizeBytes = found.reduce((sum, upload) => sum + upload.sizeBytes, 0);
    const limitBytes = phase.limits.bundleSizeBytes;
    if (sizeBytes > limitBytes) throw tooLarge(limitBytes, sizeBytes);
    const metadata = parseMetadata(headerOf(request, 'upload-metadata'));
    readMetadata(metadata);
    const id = randomUUID();
    const upload = { id, teamId, phaseId: phase.id, sizeBytes, metadata, partial: false, concatenates: ids };
    return await this.#answerFinal(await store.begin(upload), request, reply);
  }

  async #answerFinal(id: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    await this.#parts.finisher.attempt(id, request);
    return reply
      .code(201)
      .header('location', `${pathOf(request.url)}/${id}`)
      .send();
  }

  #contextOf(request: object): Kept {
    const context = this.#contexts.get(request);
    if (!context) throw new Error('A request that nobody authorised.');
    return context;
  }
}

/** The library takes requests of the web's kind; of the address it gets the path and no query. */
function toWebRequest(request: FastifyRequest, part: UploadPart | null): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    // What the library has no part in: to it, a partial upload is one like any other.
    if (name === 'upload-concat' || name === 'upload-checksum') continue;
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  const body = part ? { body: part.stream, duplex: 'half' as const } : {};
  return new Request(new URL(pathOf(request.url), 'http://localhost'), { method: request.method, headers, ...body });
}

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  return [headers[name]].flat()[0];
}

function pathOf(url: string): string {
  return new URL(url, 'http://localhost').pathname.replace(/\/$/, '');
}

function parseMetadata(header: string | undefined): Record<string, string | null> {
  if (header === undefined) return {};
  try {
    return Metadata.parse(header);
  } catch (cause) {
    throw new HoldoutError('request_invalid', { detail: 'Upload-Metadata can’t be read.', cause });
  }
}
