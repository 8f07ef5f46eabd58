import { afterEach, expect, it } from 'vitest';
import { type FuzzTarget, openTarget } from './open-target.js';

const module = new URL('../dist/testing/misbehave.js', import.meta.url).href;
const opened: FuzzTarget[] = [];
const open = (limits: { deadlineMilliseconds?: number; mostCpuMilliseconds?: number } = {}) => {
  const target = openTarget({ module, mostGrowthBytes: 150 * 1024 * 1024, ...limits });
  opened.push(target);
  return { give: (what: string) => target.give(Buffer.from(what)) };
};
afterEach(async () => {
  for (const target of opened.splice(0)) await target.close();
});

it('tells what was accepted from what was refused', async () => {
  const { give } = open();
  expect(await give('anything')).toBe('accepted');
  expect(await give('refuse')).toBe('archive_unreadable');
});

it.each([
  ['blame the server', /called internal a fault of the server/],
  ['throw', /threw TypeError: a bare one/],
  ['reject later', /process ended with 1/],
  ['crash', /process ended with SIGSEGV/],
  ['eat', /bytes of memory, at most/],
])('finds a target that does this: %s; and goes on in a new process', async (what, words) => {
  const { give } = open();
  await expect(give(what)).rejects.toThrow(words);
  expect(await give('anything')).toBe('accepted');
});

it('blames no input for what those before it have left in memory', async () => {
  const { give } = open();
  for (let times = 0; times < 4; times += 1) expect(await give('nibble')).toBe('accepted');
});

it.each(['wait', 'loop'])('ends a target that does not end: %s', async (what) => {
  const { give } = open({ deadlineMilliseconds: 500 });
  await expect(give(what)).rejects.toThrow('has not ended after 500 ms');
});

it('finds a target that computes for too long', async () => {
  const { give } = open({ mostCpuMilliseconds: 1000 });
  await expect(give('compute')).rejects.toThrow(/computed for \d/);
});
