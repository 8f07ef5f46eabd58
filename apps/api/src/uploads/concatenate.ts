import { HoldoutError } from '@holdout/contracts';
import { type Database, findConcatenation, findUpload, type UploadRecord } from '@holdout/db';
import type { UploadStore } from './upload-store.js';

const prefix = 'final;';
/** A client that sends in parallel has a few; as many as a team may have at once. */
const mostParts = 7;

/** What the header `Upload-Concat` asks for; null where it is not there. @throws HoldoutError `request_invalid` */
export function readConcat(header: string | undefined): 'partial' | { readonly ids: readonly string[] } | null {
  if (header === undefined) return null;
  if (header === 'partial') return 'partial';
  const ids = header.startsWith(prefix) ? header.slice(prefix.length).split(' ').filter(Boolean).map(idOf) : [];
  if (ids.length > 0 && ids.length <= mostParts && new Set(ids).size === ids.length) return { ids };
  const detail = `Upload-Concat: expected \`partial\`, or \`final;\` and the addresses of 1 to ${mostParts} partial uploads.`;
  throw new HoldoutError('request_invalid', { detail });
}

interface Owner {
  readonly teamId: string;
  readonly phaseId: string;
}

/** The upload that put these together before, where a request is sent again; null where it is the first. */
export async function findSentBefore(database: Database, ids: readonly string[], owner: Owner): Promise<string | null> {
  if (!ids.every((id) => uuid.test(id))) return null;
  return await findConcatenation(database, { ...owner, concatenates: ids });
}

/** The partial uploads with these ids, in their order, which must be this team's, for this phase, and complete. */
export async function findPartial(
  database: Database,
  store: UploadStore,
  ids: readonly string[],
  owner: Owner,
): Promise<UploadRecord[]> {
  const found: UploadRecord[] = [];
  for (const id of ids) {
    const upload = uuid.test(id) ? await findUpload(database, id) : null;
    if (!upload || upload.teamId !== owner.teamId || upload.phaseId !== owner.phaseId) {
      throw new HoldoutError('upload_not_found', { detail: `Upload-Concat names ${id}.` });
    }
    if (!upload.partial)
      throw new HoldoutError('request_invalid', { detail: `${id} was not begun as a partial upload.` });
    const { offset } = await store.getUpload(id);
    if (offset < upload.sizeBytes) {
      const detail = `Of ${id} ${offset} of ${upload.sizeBytes} bytes are there.`;
      throw new HoldoutError('upload_unfinished', { detail });
    }
    found.push(upload);
  }
  return found;
}

/** The header again, as HEAD must answer it. */
export function writeConcat({ partial, concatenates }: UploadRecord, path: string): string | null {
  if (partial) return 'partial';
  return concatenates && `${prefix}${concatenates.map((id) => `${path}/${id}`).join(' ')}`;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function idOf(address: string): string {
  return address.replace(/\/+$/, '').split('/').at(-1) ?? '';
}
