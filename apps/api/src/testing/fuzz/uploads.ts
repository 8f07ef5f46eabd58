import { createHash } from 'node:crypto';
import { applyChanges, type CorpusMember, changesOf } from '@holdout/fuzzing';
import fc from 'fast-check';
import { beginUpload } from '../upload-parts.js';
import type { RawAnswer } from './raw-request.js';

const odd = fc.constantFrom(
  '-1',
  '1e3',
  '',
  ' ',
  '0x10',
  '1.5',
  'NaN',
  '99999999999',
  '99999999999999999999',
  '5, 5',
  '١',
);
const checksums = [
  'right',
  'right',
  'of other bytes',
  'of no algorithm',
  'of another algorithm',
  'no value',
  'garbled',
] as const;
const concats = [
  'partial',
  'partial',
  'final;',
  'final;{self}',
  'final;{self} {self}',
  'final;/x',
  'final; http://[',
  'whole',
  '',
] as const;
const metadata = [
  '',
  'name',
  'name !!!',
  'name bm8=,name bm8=',
  'name bm8=,stopOnWarning dHJ1ZQ==',
  ',',
  'é bm8=',
  `a ${'A'.repeat(5000)}`,
];

/** One time in so many; null otherwise, which is what belongs there. */
const sometimes = <T>(oneIn: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

/** An upload that is begun, gets parts and is asked for; each request of it may have something wrong. */
export function uploadsOf(archives: readonly CorpusMember[]) {
  const step = fc.record({
    method: fc.constantFrom('PATCH', 'PATCH', 'PATCH', 'PATCH', 'HEAD', 'GET', 'DELETE', 'POST'),
    /** Of what is left to send. */
    share: fc.constantFrom(0, 0.3, 0.5, 1, 1, 2),
    offset: sometimes(5, fc.oneof(odd, fc.constantFrom('0', '1', '1000000'))),
    checksum: sometimes(2, fc.constantFrom(...checksums)),
    type: sometimes(12, fc.constantFrom('application/json', 'application/octet-stream', '')),
    announced: sometimes(15, odd),
    version: sometimes(20, fc.constantFrom('0.2.2', '', '1.0.0, 1.0.0')),
  });
  return fc.record({
    /** Of its bytes. */
    damage: sometimes(4, changesOf(archives)),
    length: sometimes(8, odd),
    concat: sometimes(4, fc.constantFrom(...concats)),
    metadata: sometimes(4, fc.constantFrom(...metadata)),
    steps: fc.array(step, { minLength: 1, maxLength: 6 }),
    /** Whether what is left is sent in the end as it should be, and the result asked for. */
    isFinished: fc.boolean(),
  });
}

type Drawn = ReturnType<typeof uploadsOf> extends fc.Arbitrary<infer T> ? T : never;
type Step = Omit<Drawn['steps'][number], 'method' | 'share'>;

interface Walk {
  /** A request that is not sound may promise more than it brings. */
  readonly send: (bytes: Buffer, isSound: boolean) => Promise<RawAnswer>;
  readonly token: string;
  readonly archives: readonly CorpusMember[];
  readonly drawn: Drawn;
}

/** Sends all of it, one request after the other, and removes what is left. @returns what was asked, and the answers */
export async function walkUpload({ send, token, archives, drawn }: Walk) {
  const bytes = drawn.damage ? applyChanges(archives, drawn.damage) : (archives[0]?.bytes ?? new Uint8Array());
  const log: { asked: string; answer: RawAnswer; isSound: boolean }[] = [];
  const ask = async (
    method: string,
    path: string,
    headers: readonly string[],
    body = new Uint8Array(),
    isSound = true,
  ) => {
    const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: Bearer ${token}`, ...headers];
    const answer = await send(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]), isSound);
    log.push({ asked: method, answer, isSound });
    return answer === 'closed' ? '' : answer.text;
  };
  const begun = await ask('POST', uploads, [
    ...[tus, 'Content-Length: 0', `Upload-Length: ${drawn.length ?? bytes.length}`],
    ...(drawn.concat === null ? [] : [`Upload-Concat: ${drawn.concat.replaceAll('{self}', '/api/uploads/x')}`]),
    ...(drawn.metadata === null ? [] : [`Upload-Metadata: ${drawn.metadata}`]),
  ]);
  const path = findPath(begun);
  if (path === undefined) return log;
  for (const step of drawn.steps) {
    const offset = readOffset(await ask('HEAD', path, [tus]));
    if (step.method === 'PATCH') {
      const part = bytes.slice(offset, offset + Math.ceil((bytes.length - offset) * step.share));
      await ask('PATCH', path, headersOf(step, offset, part), part, step.announced === null);
    } else if (step.method === 'GET') await ask('GET', resultOf(path), []);
    else if (step.method === 'POST') {
      await ask('POST', uploads, [tus, 'Content-Length: 0', `Upload-Concat: final;${path} ${path}`]);
    } else await ask(step.method, path, [tus]);
  }
  if (drawn.isFinished) {
    const offset = readOffset(await ask('HEAD', path, [tus]));
    const rest = bytes.slice(offset);
    await ask('PATCH', path, headersOf(soundStep, offset, rest), rest);
    const isPart = drawn.concat === 'partial';
    const whole = isPart ? await ask('POST', uploads, [tus, 'Content-Length: 0', `Upload-Concat: final;${path}`]) : '';
    await ask('GET', resultOf(findPath(whole) ?? path), []);
  }
  await ask('DELETE', path, [tus]);
  return log;
}

const findPath = (answer: string) => /^location: (?:https?:\/\/[^/]+)?(\/\S+)/im.exec(answer)?.[1];
const resultOf = (path: string) => `/api/uploads/${path.split('/').at(-1)}/result`;
const readOffset = (answer: string) => Number(/^upload-offset: (\d+)/im.exec(answer)?.[1] ?? 0);
const soundStep = { offset: null, checksum: 'right', type: null, announced: null, version: null } as const;

/** An upload with nothing in it yet. @returns its id */
export async function begunUploadOf(url: string, token: string): Promise<string> {
  const answer = await beginUpload({ url, token }, { sizeBytes: 1000 });
  const id = answer.headers.get('location')?.split('/').at(-1);
  if (!id) throw new Error(`${answer.status} ${await answer.text()}`);
  return id;
}

const tus = 'Tus-Resumable: 1.0.0';
const uploads = '/api/competitions/mura/phases/practice/uploads';

function headersOf({ offset, checksum, type, announced, version }: Step, present: number, part: Uint8Array): string[] {
  return [
    `Tus-Resumable: ${version ?? '1.0.0'}`,
    `Upload-Offset: ${offset ?? present}`,
    `Content-Type: ${type ?? 'application/offset+octet-stream'}`,
    `Content-Length: ${announced ?? part.length}`,
    ...(checksum === null ? [] : [`Upload-Checksum: ${writeChecksum(checksum, part)}`]),
  ];
}

function writeChecksum(kind: (typeof checksums)[number], part: Uint8Array): string {
  const digest = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('base64');
  switch (kind) {
    case 'right':
      return `sha1 ${digest('sha1', part)}`;
    case 'of other bytes':
      return `sha256 ${digest('sha256', Buffer.from('other'))}`;
    case 'of no algorithm':
      return `crc99 ${digest('sha1', part)}`;
    case 'of another algorithm':
      return `md5 ${digest('sha1', part)}`;
    case 'no value':
      return 'sha1';
    case 'garbled':
      return 'sha1 *** ***';
  }
}
