/** An upload that was begun here, to go on with after a reload. */
export interface KeptUpload {
  /** Whose it is and where it goes: see `keyOf`. */
  readonly key: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly lastModified: number;
  /** Where the server takes its parts; null until it has said so. */
  readonly address: string | null;
  /** What is sent beside it. */
  readonly fields: Readonly<Record<string, string>>;
  readonly isPaused: boolean;
  /** The file itself; null where it is too large to keep, and has to be chosen again. */
  readonly file: Blob | null;
}

/** Of a larger file the browser would have to write as much again to the disk. */
const largestKeptBytes = 1024 ** 3;

export function keyOf({ user, competition, phase }: { user: string; competition: string; phase: string }): string {
  return [user, competition, phase].join('/');
}

export async function readKept(key: string): Promise<KeptUpload | null> {
  return (await inStore<KeptUpload | undefined>('readonly', (store) => store.get(key))) ?? null;
}

/** Keeps the file with it where there is room; a browser that keeps nothing asks for the file again. */
export async function keep(upload: KeptUpload): Promise<void> {
  const file = upload.file !== null && (await hasRoom(upload.file.size)) ? upload.file : null;
  try {
    await inStore('readwrite', (store) => store.put({ ...upload, file }));
  } catch {
    await inStore('readwrite', (store) => store.put({ ...upload, file: null })).catch(() => undefined);
  }
}

/**
 * Writes what has changed since it was kept; nothing where it was not. In one transaction, so that no other change gets
 * lost, and what is being forgotten does not come back.
 */
export async function changeKept(key: string, change: Partial<KeptUpload>): Promise<void> {
  await inStore('readwrite', (store) => {
    const reading: IDBRequest<KeptUpload | undefined> = store.get(key);
    reading.addEventListener('success', () => {
      if (reading.result) store.put({ ...reading.result, ...change });
    });
    return reading;
  });
}

export async function forget(key: string): Promise<void> {
  await inStore('readwrite', (store) => store.delete(key)).catch(() => undefined);
}

async function hasRoom(sizeBytes: number): Promise<boolean> {
  if (sizeBytes > largestKeptBytes) return false;
  const { quota, usage = 0 } = (await navigator.storage?.estimate()) ?? {};
  return quota === undefined || quota - usage > 2 * sizeBytes;
}

async function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  const database = await openStore();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction('uploads', mode);
      const request = act(transaction.objectStore('uploads'));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function openStore(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('holdout', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('uploads', { keyPath: 'key' });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}
