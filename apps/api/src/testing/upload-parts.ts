import { type ClientRequest, request as httpRequest } from 'node:http';

interface Sender {
  readonly url: string;
  readonly token: string;
}

interface Begin {
  readonly sizeBytes: number;
  readonly phase?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Begins an upload by the tus protocol, as any client would. */
export function beginUpload({ url, token }: Sender, { sizeBytes, phase = 'test', metadata = {}, headers }: Begin) {
  const pairs = Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
  return fetch(`${url}/api/competitions/mura/phases/${phase}/uploads`, {
    method: 'POST',
    headers: {
      ...tusHeaders(token),
      'upload-length': String(sizeBytes),
      ...(pairs.length > 0 ? { 'upload-metadata': pairs.join(',') } : {}),
      ...headers,
    },
  });
}

/** Sends bytes from an offset on. */
export function sendPart({ url, token }: Sender, location: string, bytes: Uint8Array, offset: number) {
  return fetch(url + location, { method: 'PATCH', headers: partHeaders(token, offset), body: new Uint8Array(bytes) });
}

/** How much is there, as a sender asks that comes back. */
export async function readOffset({ url, token }: Sender, location: string): Promise<number> {
  const response = await fetch(url + location, { method: 'HEAD', headers: tusHeaders(token) });
  if (!response.ok) throw new Error(`HEAD was answered ${response.status}.`);
  return Number(response.headers.get('upload-offset'));
}

export function readResult({ url, token }: Sender, location: string): Promise<Response> {
  const id = location.split('/').at(-1);
  return fetch(`${url}/api/uploads/${id}/result`, { headers: { authorization: `Bearer ${token}` } });
}

/** A part that is announced and begun; the rest is the test's to send, or not. */
export function beginPart(
  { url, token }: Sender,
  location: string,
  { offset, announcedBytes }: { offset: number; announcedBytes?: number },
): ClientRequest {
  const length = announcedBytes === undefined ? {} : { 'content-length': String(announcedBytes) };
  const sending = httpRequest(url + location, {
    method: 'PATCH',
    agent: false,
    headers: { ...partHeaders(token, offset), ...length },
  });
  return sending.on('error', () => {});
}

export function tusHeaders(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' };
}

function partHeaders(token: string, offset: number): Record<string, string> {
  return {
    ...tusHeaders(token),
    'content-type': 'application/offset+octet-stream',
    'upload-offset': String(offset),
  };
}
