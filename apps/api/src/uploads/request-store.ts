import { AsyncLocalStorage } from 'node:async_hooks';
import type { Readable } from 'node:stream';
import { DataStore, type Upload } from '@tus/server';
import { type Checksum, withCheckedPart } from './check-part.js';
import type { UploadStore } from './upload-store.js';

/** What a request may touch, and what it says of the bytes that it brings. */
interface Asked {
  readonly uploadId: string;
  readonly checksum: Checksum | null;
}

/**
 * The uploads as the tus library sees them while it answers one request: the one upload that was authorised, whatever
 * id the library asks for. A checksum is looked at here, where the library has taken the upload's lock, found the offset
 * right and stops what is more than the upload's rest: so no more than that ever lies beside it.
 */
export class RequestStore extends DataStore {
  readonly #store: UploadStore;
  readonly #checkingDirectory: string;
  readonly #asked = new AsyncLocalStorage<Asked>();

  constructor(store: UploadStore, checkingDirectory: string) {
    super();
    this.extensions = store.extensions;
    this.#store = store;
    this.#checkingDirectory = checkingDirectory;
  }

  answerFor<T>(asked: Asked, answer: () => Promise<T>): Promise<T> {
    return this.#asked.run(asked, answer);
  }

  override getExpiration(): number {
    return this.#store.getExpiration();
  }

  override async create(upload: Upload): Promise<Upload> {
    this.#demand(upload.id);
    return await this.#store.create(upload);
  }

  override async getUpload(id: string): Promise<Upload> {
    this.#demand(id);
    return await this.#store.getUpload(id);
  }

  override async write(part: Readable, id: string, offset: number): Promise<number> {
    const { checksum } = this.#demand(id);
    const write = (bytes: Readable) => this.#store.write(bytes, id, offset);
    if (!checksum) return await write(part);
    return await withCheckedPart(part, { checksum, directory: this.#checkingDirectory }, write);
  }

  override async remove(id: string): Promise<void> {
    this.#demand(id);
    await this.#store.remove(id);
  }

  #demand(id: string): Asked {
    const asked = this.#asked.getStore();
    if (asked?.uploadId !== id) throw new Error(`Upload ${id} was asked for, and nobody authorised it.`);
    return asked;
  }
}
