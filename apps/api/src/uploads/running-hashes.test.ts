import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { RunningHashes } from './running-hashes.js';

const bytes = Buffer.from('all the bytes of an upload');
const whole = createHash('sha256').update(bytes).digest('hex');

/** A part as it comes, in chunks of five bytes. */
async function* send(from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; at += 5) yield bytes.subarray(at, Math.min(to, at + 5));
}

async function pass(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of chunks);
}

it('knows the sha256 of parts that came one after the other, once', async () => {
  const hashes = new RunningHashes();
  await pass(hashes.follow(send(0, 12), 'a', 0));
  await pass(hashes.follow(send(12, 12), 'a', 12));
  await pass(hashes.follow(send(12, bytes.length), 'a', 12));
  expect(hashes.finish('a', bytes.length)).toBe(whole);
  expect(hashes.finish('a', bytes.length)).toBeNull();
});

it('begins anew with an upload that begins anew', async () => {
  const hashes = new RunningHashes();
  await pass(hashes.follow(send(3, 9), 'a', 0));
  await pass(hashes.follow(send(0, bytes.length), 'a', 0));
  expect(hashes.finish('a', bytes.length)).toBe(whole);
});

it('knows nothing where a part came elsewhere, or where one was left early', async () => {
  const hashes = new RunningHashes();
  await pass(hashes.follow(send(0, 10), 'elsewhere', 0));
  await pass(hashes.follow(send(15, bytes.length), 'elsewhere', 15));
  expect(hashes.finish('elsewhere', bytes.length)).toBeNull();

  for await (const _ of hashes.follow(send(0, 10), 'left', 0)) break;
  await pass(hashes.follow(send(5, bytes.length), 'left', 5));
  expect(hashes.finish('left', bytes.length)).toBeNull();

  await pass(hashes.follow(send(0, bytes.length), 'short', 0));
  expect(hashes.finish('short', bytes.length + 1)).toBeNull();

  await pass(hashes.follow(send(0, bytes.length), 'forgotten', 0));
  hashes.forget('forgotten');
  expect(hashes.finish('forgotten', bytes.length)).toBeNull();
});
