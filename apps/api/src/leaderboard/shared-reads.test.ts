import { expect, it } from 'vitest';
import { SharedReads } from './shared-reads.js';

function makeReads(options: { maxBytes?: number; atOnce?: number; maxWaiting?: number } = {}) {
  const reads = new SharedReads<string>({
    maxBytes: 100,
    atOnce: 10,
    maxWaiting: 10,
    ...options,
    sizeBytes: ({ length }) => length,
  });
  const read: string[] = [];
  const ends = new Map<string, () => void>();
  const get = (key: string, { group = 'g', value = key, keepSeconds = 60 } = {}) =>
    reads.get({
      key,
      group,
      keepSeconds,
      read: () => {
        read.push(key);
        return new Promise((resolve) => ends.set(key, () => resolve(value)));
      },
    });
  const end = (key: string) => ends.get(key)?.();
  return { reads, read, get, end };
}

it('reads once for all who ask meanwhile and after', async () => {
  const { get, end, read } = makeReads();
  const asked = [get('a'), get('a')];
  end('a');
  expect(await Promise.all([...asked, get('a')])).toEqual(['a', 'a', 'a']);
  expect(read).toEqual(['a']);
});

it('reads again what was dropped while it was read, and keeps no answer from before', async () => {
  const { reads, get, end, read } = makeReads();
  const before = get('a', { value: 'before' });
  const endBefore = () => end('a');
  endBefore();
  reads.drop('another');
  expect(get('a')).toBe(before);
  reads.drop('g');
  const after = get('a', { value: 'after' });
  end('a');
  expect(await before).toBe('before');
  expect(await after).toBe('after');
  expect(await get('a')).toBe('after');
  expect(read).toEqual(['a', 'a']);
});

it('forgets a failure', async () => {
  const { reads } = makeReads();
  const wanted = { key: 'a', group: 'g', keepSeconds: 60 };
  await expect(reads.get({ ...wanted, read: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
  expect(await reads.get({ ...wanted, read: async () => 'yes' })).toBe('yes');
});

it('lets go of what was asked for longest ago when there is no room', async () => {
  const { get, end, read } = makeReads({ maxBytes: 10 });
  for (const key of ['a', 'b']) {
    const asked = get(key, { value: key.repeat(4) });
    end(key);
    await asked;
  }
  await get('a');
  const third = get('c', { value: 'cccc' });
  end('c');
  await third;
  read.length = 0;
  await Promise.all([get('a'), get('c')]);
  expect(read).toEqual([]);
  void get('b');
  expect(read).toEqual(['b']);
});

it('reads no more at one time than it may, lets some wait, and refuses the others', async () => {
  const { get, end, read } = makeReads({ atOnce: 2, maxWaiting: 1 });
  const asked = ['a', 'b', 'c'].map((key) => get(key));
  await expect(get('d')).rejects.toMatchObject({ code: 'server_busy', retryAfterSeconds: 2 });
  expect(read).toEqual(['a', 'b']);
  end('a');
  await asked[0];
  await expect.poll(() => read).toEqual(['a', 'b', 'c']);
  end('b');
  end('c');
  expect(await Promise.all(asked)).toEqual(['a', 'b', 'c']);
  const later = get('d');
  end('d');
  expect(await later).toBe('d');
});

it('keeps nothing for longer than it may', async () => {
  const { get, end, read } = makeReads();
  const first = get('a', { keepSeconds: 0 });
  end('a');
  await first;
  void get('a');
  expect(read).toEqual(['a', 'a']);
});
