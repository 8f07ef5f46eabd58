import { setTimeout as sleep } from 'node:timers/promises';
import type { PatientClient } from './patient-client.js';
import { Refused } from './patient-client.js';

interface Upload {
  readonly phase: string;
  readonly name: string;
  readonly archive: Uint8Array<ArrayBuffer>;
  /** Between pieces of 64 KiB. */
  readonly pieceMilliseconds?: number;
}

const tus = { 'tus-resumable': '1.0.0' };
const parts = 3;

/** In one request. It is no good client's way where an answer may be lost: sent again, it is another submission. */
export async function uploadAtOnce(client: PatientClient, { phase, name, archive }: Upload): Promise<string> {
  const answer = await client.ask(`${phase}/submissions?name=${encodeURIComponent(name)}`, {
    ...{ method: 'POST', body: archive },
    headers: { 'content-type': 'application/octet-stream' },
  });
  return ((await answer.json()) as { id: string }).id;
}

/** By tus, with a pause between the parts, and again from where the server says. @returns the submission's id */
export async function uploadInParts(
  client: PatientClient,
  { phase, name, archive, ...slowly }: Upload,
): Promise<string> {
  const metadata = `name ${Buffer.from(name).toString('base64')}`;
  const begun = await client.ask(`${phase}/uploads`, {
    method: 'POST',
    headers: { ...tus, 'upload-length': String(archive.length), 'upload-metadata': metadata },
  });
  const path = new URL(begun.headers.get('location') ?? '', begun.url).pathname;
  const size = Math.ceil(archive.length / parts);
  for (let offset = 0; offset < archive.length; offset = await readOffset(client, path)) {
    const headers = {
      ...{ ...tus, 'upload-offset': String(offset) },
      'content-type': 'application/offset+octet-stream',
    };
    const body = archive.slice(offset, offset + size);
    // Whatever became of it, the server is asked how much has arrived.
    await client.ask(path, { method: 'PATCH', headers, body, ...slowly }).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
    });
    await sleep(100);
  }
  const id = path.split('/').at(-1);
  return (await client.json<{ id: string }>(`/api/uploads/${id}/result`)).id;
}

async function readOffset(client: PatientClient, path: string): Promise<number> {
  const { headers } = await client.ask(path, { method: 'HEAD', headers: tus });
  return Number(headers.get('upload-offset'));
}
