import fc from 'fast-check';

/** A real file that mutations begin with. */
export interface CorpusMember {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Offsets of lengths, counts and other numbers that its reader believes; they are changed more often than the rest. */
  readonly places?: readonly number[];
}

/** One thing that happens to a file. Positions are drawn without knowing its length, and fitted to it. */
export type Change =
  | { readonly kind: 'flip'; readonly at: Position; readonly bit: number }
  | { readonly kind: 'cut'; readonly at: Position }
  | { readonly kind: 'remove' | 'duplicate'; readonly at: Position; readonly length: number }
  | { readonly kind: 'splice'; readonly at: Position; readonly other: number; readonly from: number }
  | { readonly kind: 'insert'; readonly at: Position; readonly bytes: readonly number[] }
  | { readonly kind: 'write'; readonly at: Position; readonly over: number; readonly text: string }
  | { readonly kind: 'number'; readonly at: Position; readonly number: Written };

interface Position {
  /** Of the whole, from 0 to 1. */
  readonly share: number;
  /** Which of the known places instead, where there are any; null for none of them. */
  readonly place: number | null;
}

interface Written {
  readonly width: 1 | 2 | 4 | 8;
  readonly bigEndian: boolean;
  readonly value: bigint;
}

/** What readers of numbers get wrong: nothing, all bits, the signs' borders, and their neighbours. */
const telling = [
  ...[0n, 1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0x8000n, 0xffffn, 0x10000n, 0x7fffffffn, 0x80000000n, 0xfffffffen],
  ...[0xffffffffn, 0x100000000n, 0x1fffffffffffffn, 0x7fffffffffffffffn, 0xffffffffffffffffn],
];

/** What means something in a table or in JSON. */
const tellingTexts = [
  '0',
  '1',
  '2',
  '-1',
  '0.5',
  '1e999',
  'NaN',
  '',
  ' ',
  '"',
  '""',
  ',',
  ',,',
  ';',
  '\n',
  '\r',
  '\r\n',
  '\0',
].concat(['\ufeff', '/', '../', '_positive', '{', '}', '[', ']', ':', 'null', '\\', '\u202e', 'é', '__proto__']);
/** From 0 to 1, all alike: fast-check would prefer both ends. */
const share = fc.noBias(fc.nat(1_000_000)).map((parts) => parts / 1_000_000);
const position = fc.record({
  share,
  place: fc.option(fc.nat(9999), { freq: 2 }),
});
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: position, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('cut' as const), at: position }),
  fc.record({ kind: fc.constantFrom('remove' as const, 'duplicate' as const), at: position, length: fc.nat(5000) }),
  fc.record({
    kind: fc.constant('splice' as const),
    at: position,
    other: fc.nat(99),
    from: share,
  }),
  fc.record({ kind: fc.constant('insert' as const), at: position, bytes: fc.array(fc.nat(255), { maxLength: 16 }) }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      at: position,
      over: fc.nat(3),
      text: fc.constantFrom(...tellingTexts),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('number' as const),
      at: position,
      number: fc.record({
        width: fc.constantFrom(1 as const, 2 as const, 4 as const, 8 as const),
        bigEndian: fc.boolean(),
        value: fc.constantFrom(...telling),
      }),
    }),
  },
);

/** Which file, and what happens to it. Small, so that a failure can be printed; `applyChanges` makes the bytes. */
export function changesOf(corpus: readonly CorpusMember[]): fc.Arbitrary<{ member: number; changes: Change[] }> {
  return fc.record({
    member: fc.nat(corpus.length - 1),
    changes: fc.array(change, { minLength: 1, maxLength: 5 }),
  });
}

/** Where the cells of a table begin and end. */
export function findCells(table: Uint8Array): number[] {
  const separators = new Set(Buffer.from(',\n"'));
  return [...table].flatMap((byte, at) => (separators.has(byte) ? [at, at + 1] : []));
}

/** The bytes of a corpus member after all changes, one after the other. */
export function applyChanges(
  corpus: readonly CorpusMember[],
  { member, changes }: { readonly member: number; readonly changes: readonly Change[] },
): Uint8Array {
  const { bytes: original, places = [] } = memberOf(corpus, member);
  let bytes: Buffer = Buffer.from(original);
  for (const each of changes) bytes = applyChange(bytes, each, places, corpus);
  return bytes;
}

function applyChange(
  bytes: Buffer,
  change: Change,
  places: readonly number[],
  corpus: readonly CorpusMember[],
): Buffer {
  const at = fitWithin(change.at, bytes.length, places);
  const before = bytes.subarray(0, at);
  switch (change.kind) {
    case 'flip':
      if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << change.bit);
      return bytes;
    case 'cut':
      return before;
    case 'remove':
      return Buffer.concat([before, bytes.subarray(at + change.length)]);
    case 'duplicate':
      return Buffer.concat([before, bytes.subarray(at, at + change.length), bytes.subarray(at)]);
    case 'splice': {
      const other = memberOf(corpus, change.other).bytes;
      return Buffer.concat([before, other.subarray(Math.floor(change.from * other.length))]);
    }
    case 'insert':
      return Buffer.concat([before, Buffer.from(change.bytes), bytes.subarray(at)]);
    case 'write':
      return Buffer.concat([before, Buffer.from(change.text), bytes.subarray(at + change.over)]);
    case 'number':
      return writeNumber(bytes, at, change.number);
  }
}

function fitWithin({ share, place }: Position, length: number, places: readonly number[]): number {
  const known = place === null || places.length === 0 ? undefined : places[place % places.length];
  return Math.min(known ?? Math.floor(share * length), length);
}

function memberOf(corpus: readonly CorpusMember[], index: number): CorpusMember {
  const member = corpus[index % corpus.length];
  if (!member) throw new Error('There is no corpus to change.');
  return member;
}

function writeNumber(bytes: Buffer, at: number, { width, bigEndian, value }: Written): Buffer {
  for (let place = 0; place < width && at + place < bytes.length; place++) {
    const shift = BigInt(8 * (bigEndian ? width - 1 - place : place));
    bytes[at + place] = Number((value >> shift) & 0xffn);
  }
  return bytes;
}
