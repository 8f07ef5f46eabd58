import fc from 'fast-check';
import type { ZipField } from './zip-fields.js';

/** What is written over a field of a header. */
export interface Lie {
  /** Which field, of all that there are. */
  readonly field: number;
  /** Over every field of that name too, so that headers agree with each other. */
  readonly everywhere: boolean;
  readonly value: bigint;
  /** For a field that holds text. */
  readonly text: string;
}

const values = [0n, 1n, 2n, 8n, 9n, 12n, 99n, 0xffn, 0x1000n, 0x7fffn, 0xffffn, 0x7fffffffn, 0x80000000n, 0xfffffffen];
const large = [0xffffffffn, 0x100000000n, 0x1fffffffffffffn, 0x20000000000000n, 0xffffffffffffffffn];
const texts = [
  '../../etc/passwd',
  '/etc/passwd',
  'C:\\windows',
  'holdout.json',
  'HOLDOUT.JSON',
  'a\0b',
  '__proto__',
].concat(['.', '..', '', 'a//b', './', '\u202ename', 'é', 'e\u0301', 'CON', '\ud800', '\x7f\x1b[31m', 'model.onnx/x']);

export const liesOf = (mostLies: number): fc.Arbitrary<Lie[]> =>
  fc.array(
    fc.record({
      field: fc.nat(9999),
      everywhere: fc.boolean(),
      value: fc.oneof(fc.constantFrom(...values, ...large), fc.bigInt({ min: 0n, max: 0xffffn })),
      text: fc.constantFrom(...texts),
    }),
    { minLength: 1, maxLength: mostLies },
  );

/** Writes lies over a zip's headers; names keep their length, cut or filled with the last letter. */
export function tellZipLies(zip: Uint8Array, fields: readonly ZipField[], lies: readonly Lie[]): Buffer {
  const bytes = Buffer.from(zip);
  for (const { field, everywhere, value, text } of lies) {
    const chosen = fields[field % fields.length];
    if (!chosen) throw new Error('The zip has no headers.');
    const told = everywhere ? fields.filter(({ name }) => lastWord(name) === lastWord(chosen.name)) : [chosen];
    for (const { name, offset, width } of told) {
      if (name.endsWith(': name')) bytes.fill(fit(text, width), offset, offset + width);
      else
        for (let place = 0; place < width; place++)
          bytes[offset + place] = Number((value >> BigInt(8 * place)) & 0xffn);
    }
  }
  return bytes;
}

/** Of a tar's header, by POSIX.1-1988 and GNU tar's manual. */
const tarFields = [
  ...[
    { name: 'name', at: 0, width: 100 },
    { name: 'mode', at: 100, width: 8 },
    { name: 'size', at: 124, width: 12 },
  ],
  ...[
    { name: 'type', at: 156, width: 1 },
    { name: 'linkname', at: 157, width: 100 },
    { name: 'magic', at: 257, width: 8 },
  ],
  ...[
    { name: 'prefix', at: 345, width: 155 },
    { name: 'time', at: 136, width: 12 },
  ],
] as const;
const tarTypes = '0\u00001234567xgLKSDMNV?';

/** Writes lies over the headers of a tar, and the right checksum over them, so that readers believe them. */
export function tellTarLies(tar: Uint8Array, headers: readonly number[], lies: readonly Lie[]): Buffer {
  const bytes = Buffer.from(tar);
  for (const { field, value, text, everywhere } of lies) {
    const header = headers[field % headers.length] ?? 0;
    const { name, at, width } = tarFields[Math.floor(field / headers.length) % tarFields.length] ?? tarFields[0];
    const place = bytes.subarray(header + at, header + at + width);
    if (name === 'type') place.write(tarTypes[Number(value % BigInt(tarTypes.length))] ?? '0');
    else if (name === 'size' && everywhere) writeBinary(place, value);
    else if (name === 'size' || name === 'mode' || name === 'time')
      place.write(
        `${value
          .toString(8)
          .slice(-width + 1)
          .padStart(width - 1, '0')}\0`,
      );
    else place.fill(0).write(text);
    writeChecksum(bytes.subarray(header, header + 512));
  }
  return bytes;
}

/** Where the headers of a sound tar begin. */
export function findTarHeaders(tar: Buffer): number[] {
  const headers: number[] = [];
  for (let at = 0; at + 512 <= tar.length; at += 512) {
    if (tar.toString('latin1', at + 257, at + 262) === 'ustar') headers.push(at);
  }
  return headers;
}

/** GNU's base 256, which has room for numbers that octal digits have none for. */
function writeBinary(place: Buffer, value: bigint): void {
  for (let index = 0; index < place.length; index++) {
    place[index] = Number((value >> BigInt(8 * (place.length - 1 - index))) & 0xffn);
  }
  place[0] = 0x80;
}

function writeChecksum(header: Buffer): void {
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

function fit(text: string, width: number): Buffer {
  const bytes = Buffer.from(text === '' ? '\0' : text).subarray(0, width);
  return Buffer.concat([bytes, Buffer.alloc(Math.max(0, width - bytes.length), bytes.at(-1) ?? 0)]);
}

function lastWord(name: string): string {
  return name.slice(name.indexOf(':'));
}
