import { expect, it } from 'vitest';
import { victims } from './chaos/plan-faults.js';
import { runChaos } from './chaos/run-chaos.js';
import { summarise } from './chaos/write-result.js';

// How many submissions were at the step when something died is the machine's doing; `npm run test:chaos` demands each step.
it('ends every submission once, with one score and one entry, though each part is killed at any step', {
  timeout: 60 * 60_000,
}, async () => {
  const lines: string[] = [];
  const result = await runChaos({ seed: 20_261_127, kills: 30, say: (line) => void lines.push(line) });
  const story = [...lines, summarise(result)].join('\n');
  expect(result.complaints, story).toEqual([]);
  const died = result.faults.filter(({ fault, happened }) => fault.kind === 'kill' && happened);
  expect(died, story).toHaveLength(30);
  for (const victim of victims) {
    expect(died.filter(({ fault }) => 'victim' in fault && fault.victim === victim).length, victim).toBeGreaterThan(0);
  }
  // Each program has died, and not only what nobody waits for.
  for (const [name, ends] of Object.entries(result.ends)) expect(ends, `${name}\n${story}`).toBeGreaterThan(0);
  expect(died.filter(({ atItsStep }) => atItsStep).length, story).toBeGreaterThan(0);
  expect(result.submissions).toBeGreaterThan(8);
});
