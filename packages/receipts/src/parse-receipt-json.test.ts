import { HoldoutError } from '@holdout/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeKeyPair, receiptSizeLimitBytes, signReceipt, verifyReceipt } from './index.js';
import { makeReceipt } from './testing/make-receipt.js';

const signed = signReceipt(makeReceipt(), makeKeyPair());
const text = JSON.stringify(signed);

/** The detail of a refusal; null where it is accepted. */
function verify(file: Uint8Array | string): string | null {
  try {
    expect(verifyReceipt(file).receipt).toEqual(makeReceipt());
    return null;
  } catch (error) {
    if (!(error instanceof HoldoutError)) throw error;
    expect(error.code).toMatch(/^receipt_(unreadable|changed)$/);
    return error.detail ?? '';
  }
}

/** The receipt with a field more in front of its own. */
function addField(field: string): string {
  return text.replace('{"receipt":{', `{"receipt":{${field},`);
}

const deep = '['.repeat(400_000) + ']'.repeat(400_000);

describe('what JSON.parse would let pass', () => {
  it('is not refused by mistake', () => {
    expect(verify(text)).toBeNull();
    expect(verify(Buffer.from(text))).toBeNull();
  });

  it.each<[string, string, RegExp]>([
    ['a field twice', addField('"team":"Other"'), /the field "team" twice in one object/],
    ['… written differently', addField('"\\u0074eam":"Other"'), /the field "team" twice/],
    ['… in the envelope', text.replace('{', '{"keyId":"","keyId":"",'), /the field "keyId" twice/],
    ['… deeper', addField('"more":[{"a":{"b":1},"b":2,"a":3}]'), /the field "a" twice/],
    ['__proto__', addField('"__proto__":{"team":"Other"}'), /a field "__proto__"/],
    ['__proto__, written differently', addField('"__pro\\u0074o__":1'), /a field "__proto__"/],
    ['__proto__ in the envelope', text.replace('{', '{"__proto__":{},'), /a field "__proto__"/],
    ['a number too large', addField('"more":1e400'), /a number that is too large: 1e400/],
    ['… below zero', addField('"more":[-1.5E+999]'), /a number that is too large: -1\.5E\+999/],
    ['a zero below zero', addField('"more":-0.0'), /a zero with a minus/],
    ['half of a character', addField('"more":"\\ud800"'), /half of a character/],
    ['… in a name', addField('"\\udc00":1'), /half of a character/],
    ['arrays in arrays', addField(`"more":${deep}`), /nested more than 32 deep/],
    ['objects in objects', addField(`"more":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`), /nested more than 32/],
    ['nothing but arrays', deep, /nested more than 32 deep/],
    ['too much', addField(`"more":"${'a'.repeat(receiptSizeLimitBytes)}"`), /too large/],
  ])('%s', (_what, file, detail) => {
    expect(verify(file)).toMatch(detail);
  });

  it('bytes that are not UTF-8', () => {
    expect(verify(Buffer.from(text.replace('"team"', '"t\u00e9am"'), 'latin1'))).toBe('It is not text in UTF-8.');
  });

  it('a field twice where one is in a text, or of another object, is none', () => {
    // These were changed, but can be read.
    expect(verify(addField('"more":"\\",\\"team\\":[{"'))).toBe('');
    expect(verify(addField('"more":[{"team":1},{"team":2}]'))).toBe('');
    expect(verify(addField('"more":{"more":"team","a":"team"}'))).toBe('');
  });
});

describe('any bytes', () => {
  const piece = fc.oneof(
    fc.json().map((json) => `,"x":${json}`),
    fc.constantFrom('"team":1,', '"__proto__":[],', '1e999', '-0', '[[', '}]', '\\ud800', '\ufeff', '\\', '"', 'null'),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const change = fc.record({ at: fc.nat(text.length), remove: fc.nat(20), insert: piece });
  const changed = fc.array(change, { maxLength: 3 }).map((changes) => {
    const changeOnce = (all: string, { at, remove, insert }: (typeof changes)[number]) =>
      all.slice(0, at) + insert + all.slice(at + remove);
    return Buffer.from(changes.reduce(changeOnce, text));
  });

  it('are the receipt that was signed, or refused', () => {
    const any = fc.oneof({ weight: 3, arbitrary: changed }, fc.json(), fc.uint8Array());
    fc.assert(
      fc.property(any, (file) => {
        verify(file);
      }),
      { numRuns: 3000 },
    );
  });
});
