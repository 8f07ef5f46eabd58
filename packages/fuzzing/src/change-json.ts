import fc from 'fast-check';

/** One thing that happens to a JSON text. Which of its values, is counted through all of them. */
export interface JsonChange {
  readonly value: number;
  /** Puts an odd value in its place, removes it, or writes one more key beside it, which may be there already. */
  readonly kind: 'replace' | 'remove' | 'add';
  /** JSON, or nearly so. */
  readonly text: string;
  readonly key: string;
}

/** What parsers and validators stumble over. */
const oddTexts = [
  ...['null', 'true', 'false', '0', '-0', '-1', '0.5', '1e400', '-1e400', '1e-400', '9007199254740993', '1e21', 'NaN'],
  ...['99999999999999999999999999', '2147483648', '""', '" "', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00x"'],
  ...[
    '"\\u202eabc"',
    '"\\u001b[31m"',
    '"../../etc/passwd"',
    '"%00"',
    '"\'; DROP TABLE teams; --"',
    '"💀"',
    '"é"',
    '"\\ufeff"',
  ],
  ...['[]', '{}', '[null]', '[[]]', '{"":0}', '{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{}}}'],
  ...['{"a":1,"a":2}', '{"toString":1,"valueOf":2,"length":-1}', '"2026-02-30T25:61:61Z"', '"0001-01-01T00:00:00Z"'],
  ...['"+275760-09-13T00:00:00.000Z"', '"00000000-0000-0000-0000-000000000000"', '"javascript:alert(1)"', '', ',', '"'],
  `"${'x'.repeat(20_000)}"`,
  `"${'\\u0000'.repeat(500)}"`,
  '['.repeat(4000),
  `${'['.repeat(4000)}${']'.repeat(4000)}`,
  `${'{"a":'.repeat(4000)}1${'}'.repeat(4000)}`,
  `[${'0,'.repeat(4000)}0]`,
  `1${'0'.repeat(2000)}`,
];
const oddKeys = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  '',
  '\0',
  '\ud800',
  'length',
  '0',
];

const change: fc.Arbitrary<JsonChange> = fc.record({
  value: fc.nat(9999),
  kind: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add'),
  text: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...oddTexts) }, { weight: 1, arbitrary: fc.json() }),
  key: fc.oneof(fc.constantFrom(...oddKeys), fc.string({ maxLength: 10 })),
});

export const jsonChanges: fc.Arbitrary<JsonChange[]> = fc.array(change, { minLength: 1, maxLength: 4 });

/** The text of a JSON value after all changes; it may be no JSON any more. */
export function changeJson(original: unknown, changes: readonly JsonChange[]): string {
  const byValue = new Map<number, JsonChange>();
  const count = countValues(original);
  for (const each of changes) byValue.set(each.value % count, each);
  return writeValue(original, { next: 0, byValue });
}

interface Walk {
  /** The number of the value that comes next. */
  next: number;
  readonly byValue: ReadonlyMap<number, JsonChange>;
}

function writeValue(value: unknown, walk: Walk): string {
  const change = walk.byValue.get(walk.next++);
  if (change?.kind === 'replace') {
    walk.next += countValues(value) - 1;
    return change.text;
  }
  const added = change?.kind === 'add' ? change : null;
  if (Array.isArray(value)) {
    const items = value.flatMap((item) => writeKept(item, walk));
    return `[${[...items, ...(added ? [added.text] : [])].join()}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).flatMap(([key, item]) =>
    writeKept(item, walk).map((text) => `${JSON.stringify(key)}:${text}`),
  );
  return `{${[...fields, ...(added ? [`${JSON.stringify(added.key)}:${added.text}`] : [])].join()}}`;
}

/** Nothing for what is removed. */
function writeKept(value: unknown, walk: Walk): string[] {
  if (walk.byValue.get(walk.next)?.kind !== 'remove') return [writeValue(value, walk)];
  walk.next += countValues(value);
  return [];
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, item) => sum + countValues(item), 1);
}
