import { expect, it } from 'vitest';
import { listChanges } from './list-changes.js';

const before = { title: 'MURA', phases: [{ phase: 'test', quotas: { perDay: 2, total: 9 }, counted: { chosen: 2 } }] };

it('lists what differs by path, with phases by their names', () => {
  const after = { phases: [{ counted: { chosen: 1 }, quotas: { total: 9, perDay: 3 }, phase: 'test' }], title: 'MURA' };
  expect(listChanges(before, after)).toEqual([
    { path: 'phases.test.quotas.perDay', from: 2, to: 3 },
    { path: 'phases.test.counted', from: { chosen: 2 }, to: { chosen: 1 } },
  ]);
});

it('lists nothing where only the order of keys differs, and everything where there was nothing', () => {
  const same = { phases: [{ counted: { chosen: 2 }, quotas: { total: 9, perDay: 2 }, phase: 'test' }], title: 'MURA' };
  expect(listChanges(before, same)).toEqual([]);
  expect(listChanges(null, { title: 'MURA', data: [] })).toEqual([
    { path: 'title', from: null, to: 'MURA' },
    { path: 'data', from: null, to: [] },
  ]);
  expect(listChanges({ data: ['a'] }, { data: ['a', 'b'] })).toEqual([{ path: 'data', from: ['a'], to: ['a', 'b'] }]);
});
