import { expect, it } from 'vitest';
import { runChaos } from './chaos/run-chaos.js';
import { summarise } from './chaos/write-result.js';

it('ends every submission once, with one score and one entry, though each part is killed at each step', {
  timeout: 30 * 60_000,
}, async () => {
  const lines: string[] = [];
  const result = await runChaos({ seed: 20_261_127, kills: 30, say: (line) => void lines.push(line) });
  expect(result.complaints, [...lines, summarise(result)].join('\n')).toEqual([]);
  expect(result.faults.filter(({ fault }) => fault.kind === 'kill')).toHaveLength(30);
  // Each part has died, and not only what nobody waits for.
  for (const [name, ends] of Object.entries(result.ends)) expect(ends, name).toBeGreaterThan(0);
  const atTheirStep = result.faults.filter(({ atItsStep }) => atItsStep).length;
  expect(atTheirStep).toBeGreaterThan(result.faults.length / 2);
  expect(result.submissions).toBeGreaterThan(8);
});
