import {
  applyChanges,
  changesOf,
  findCells,
  fuzzParameters,
  fuzzTimeoutMilliseconds,
  useTarget,
} from '@holdout/fuzzing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pathsTable, writeTables } from '../testing/fuzz/import-tables.js';

const target = useTarget(new URL('../../dist/testing/fuzz/plan-tables.js', import.meta.url), {
  mostGrowthMebibytes: 256,
});

const tables = writeTables().map((table) => ({ ...table, places: findCells(table.bytes) }));
const corpus = [...tables, { ...pathsTable, places: findCells(pathsTable.bytes) }];
const runs = 100;
const timeout = fuzzTimeoutMilliseconds(runs);

it('accepts every form that is allowed', { timeout }, async () => {
  for (const { name, bytes } of tables) expect(await target.give(bytes), name).toBe('accepted');
});

it('answers any damage to a table, and to names of files', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(changesOf(corpus), fc.constantFrom(1, 1, 1, 1, 200), async (drawn, times) => {
      const damaged = applyChanges(corpus, drawn);
      const bytes = Buffer.alloc(damaged.length * times, damaged.length > 0 ? damaged : 0);
      expect(await target.give(bytes)).toMatch(/^(accepted|test_set_invalid)$/);
    }),
    fuzzParameters(runs),
  );
});
