import { expect, it } from 'vitest';
import { parseJson } from './parse-json.js';

const parse = (text: string) => parseJson(new TextEncoder().encode(text));
const at = (line: number, column: number) => ({
  fault: { name: 'found_no_json_from', values: { line, column } },
});

it('reads JSON, after a byte-order mark too', () => {
  expect(parse('{"a": [1]}')).toEqual({ value: { a: [1] } });
  expect(parse('\ufeff{}')).toEqual({ value: {} });
});

it.each([
  ['', 1, 1],
  ['{"name": }', 1, 10],
  ['{\n  "a": 1,\n}', 3, 1],
  ['{\r\n  "a": 1\r\n  "b": 2}', 3, 3],
  ['{"a": 1', 1, 8],
  ['{"a": 1} and more', 1, 10],
  ['// a comment\n{}', 1, 1],
  ["{'a': 1}", 1, 2],
])('says where %j is none', (text, line, column) => {
  expect(parse(text)).toEqual(at(line, column));
});

it('says that bytes are no text', () => {
  expect(parseJson(new Uint8Array([0x7b, 0xff, 0x7d]))).toEqual({ fault: { name: 'found_no_utf8', values: {} } });
});
