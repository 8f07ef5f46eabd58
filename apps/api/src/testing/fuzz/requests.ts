import { applyChanges, type CorpusMember, changeJson, changesOf, jsonChanges } from '@holdout/fuzzing';
import fc from 'fast-check';
import { exampleOf, type Route } from './routes.js';

/** What requests are made of. */
interface RequestParts {
  readonly routes: readonly Route[];
  /** Lines of the header that say who asks; one is empty. */
  readonly callers: readonly string[];
  /** What belongs in a route's place for a parameter. */
  readonly nameFor: (path: string, parameter: string) => string;
  /** What is the name of something, and may stand anywhere. */
  readonly names: readonly string[];
  /** Bundles, and archives of test sets. */
  readonly archives: readonly CorpusMember[];
}

const oddNames = [
  '..',
  '%00',
  '%2e%2e%2f',
  '%',
  '%ff',
  '%E0%A4%A',
  'a'.repeat(300),
  '__proto__',
  'NaN',
  '-1',
  '1e999',
  '💀',
  '%F0%9F%92%80',
].concat([
  "'",
  '%0d%0ax: y',
  '{}',
  '[]',
  ' ',
  '',
  '2026-13-45',
  '9999999999999999999',
  'true',
  '%ED%A0%80',
  '*',
  '?',
  '#',
]);
const oddHeaders = [
  ...[
    'Content-Type: application/json; charset=utf-16',
    'Content-Type: text/plain',
    'Content-Type: multipart/form-data',
  ],
  ...[
    'Content-Type: multipart/form-data; boundary=x',
    'Content-Type: ',
    'Content-Encoding: gzip',
    'Expect: 100-continue',
  ],
  ...[
    'Expect: nonsense',
    'Range: bytes=99999999999-1',
    'If-None-Match: "',
    'If-Modified-Since: never',
    'Accept: ;;;q=-1',
  ],
  ...[
    'Accept-Encoding: gzip;q=99, br;q=x',
    'Accept-Language: *-',
    'Cookie: holdout.session_token=%00; a',
    'Cookie: =;=;;',
  ],
  ...['Authorization: Bearer', 'Authorization: Basic Og==', 'Last-Event-ID: -1', 'Last-Event-ID: \x00', 'Origin: null'],
  ...[
    'X-Forwarded-For: 999.1.1.1, ::',
    'X-Request-ID: ../../',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: x, chunked',
  ],
  ...[
    'Content-Length: 5',
    'Content-Length: -1',
    'Content-Length: 99999999999999999999',
    'Upgrade: websocket',
    'Connection: upgrade',
  ],
  ...[
    'Tus-Resumable: 1.0.0',
    'Upload-Length: -1',
    'Upload-Offset: 1e3',
    'Upload-Metadata: name !!!',
    'Upload-Concat: final;',
  ],
  ...[
    'Upload-Checksum: sha1 x',
    'Upload-Defer-Length: 1',
    'Traceparent: 00-zz',
    'Host: [::',
    'Host: evil.example',
    'Header without a colon',
  ],
  `X-Long: ${'x'.repeat(20_000)}`,
  `X-${'y'.repeat(500)}: 1`,
];

/** A form as browsers send it. */
const form = {
  name: 'form',
  bytes: Buffer.from(
    [
      ...['--limit', 'Content-Disposition: form-data; name="name"', '', 'From a form'],
      ...['--limit', 'Content-Disposition: form-data; name="stopOnWarning"', '', 'true'],
      ...['--limit', 'Content-Disposition: form-data; name="bundle"; filename="bundle.zip"'],
      ...['Content-Type: application/zip', '', '{archive}', '--limit--', ''],
    ].join('\r\n'),
  ),
};

const nth = <T>(items: readonly T[]): fc.Arbitrary<number> => fc.nat(Math.max(0, items.length - 1));

/** One time in so many; null otherwise. */
const sometimes = <T>(oneIn: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

/** A request to any route by anybody, before its bytes are made; small enough to be printed. Most have one thing wrong. */
export function requestsOf(parts: RequestParts) {
  const name = fc.oneof(
    nth(parts.names),
    nth(oddNames).map((place) => ~place),
  );
  // Few routes take an archive, and what they do with one is the most.
  const archiveRoutes = parts.routes.flatMap((route, place) => (route.takesArchive ? [place] : []));
  return fc.record({
    route: fc.oneof(
      { weight: 4, arbitrary: nth(parts.routes) },
      { weight: 1, arbitrary: fc.constantFrom(...archiveRoutes) },
    ),
    caller: nth(parts.callers),
    /** What stands in the address instead of what belongs there. */
    names: fc.array(sometimes(8, name), { minLength: 4, maxLength: 4 }),
    query: fc.array(fc.record({ name: fc.nat(9), value: name }), { maxLength: 2 }),
    headers: fc.array(sometimes(6, nth(oddHeaders)), { maxLength: 2 }),
    json: sometimes(2, jsonChanges),
    archive: sometimes(2, changesOf(parts.archives)),
    /** Sends the archive as a file of a form, and what happens to the form. */
    form: sometimes(2, changesOf([form])),
    /** Damage to the bytes of the whole request. */
    damage: sometimes(8, changesOf([{ name: 'request', bytes: new Uint8Array() }])),
    method: sometimes(
      12,
      fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'PATCH', 'DELETE', 'PUT', 'TRACE', 'POST', 'FOO', ''),
    ),
  });
}

type Drawn = ReturnType<typeof requestsOf> extends fc.Arbitrary<infer T> ? T : never;

/** The bytes of such a request. */
export function writeRequest(parts: RequestParts, drawn: Drawn): Buffer {
  const route = parts.routes[drawn.route];
  if (!route) throw new Error('There is no route.');
  const nameOf = (place: number) => (place < 0 ? oddNames[~place] : parts.names[place]) ?? '';
  const names = [...drawn.names];
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => {
    const odd = names.shift() ?? null;
    return odd === null ? parts.nameFor(route.path, parameter) : nameOf(odd);
  });
  const query = drawn.query.map(
    ({ name, value }) => `${route.queryNames[name % (route.queryNames.length || 1)] ?? 'x'}=${nameOf(value)}`,
  );
  const { type, body } = writeBody(parts, route, drawn);
  const head = [
    `${drawn.method ?? route.method} ${path}${query.length > 0 ? `?${query.join('&')}` : ''} HTTP/1.1`,
    'Host: 127.0.0.1',
    parts.callers[drawn.caller] ?? '',
    ...(type === null ? [] : [`Content-Type: ${type}`, `Content-Length: ${body.length}`]),
    ...drawn.headers.map((place) => (place === null ? '' : (oddHeaders[place] ?? ''))),
  ].filter((line) => line !== '');
  const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
  return drawn.damage ? Buffer.from(applyChanges([{ name: 'request', bytes }], drawn.damage)) : bytes;
}

function writeBody(parts: RequestParts, route: Route, drawn: Drawn): { type: string | null; body: Buffer } {
  if (route.takesArchive) {
    const sound = /import$/.test(route.path) ? parts.archives.at(-1) : parts.archives[0];
    const body = drawn.archive ? applyChanges(parts.archives, drawn.archive) : (sound?.bytes ?? Buffer.alloc(0));
    if (drawn.form === null) return { type: 'application/octet-stream', body: Buffer.from(body) };
    const [before = '', after = ''] = form.bytes.toString().split('{archive}');
    const bytes = Buffer.concat([Buffer.from(before), body, Buffer.from(after)]);
    // The first of the changes may be none: a form that is sound, too.
    const changes = drawn.form.changes.slice(1);
    return {
      type: 'multipart/form-data; boundary=limit',
      body: Buffer.from(applyChanges([{ ...form, bytes }], { member: 0, changes })),
    };
  }
  if (route.body === null) return { type: null, body: Buffer.alloc(0) };
  const value = exampleOf(route.body);
  const text = drawn.json ? changeJson(value, drawn.json) : JSON.stringify(value);
  return { type: 'application/json', body: Buffer.from(text) };
}
