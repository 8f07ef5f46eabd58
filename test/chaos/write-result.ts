import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../repository.js';
import { cells, otherFaults, steps, type Victim, victims } from './plan-faults.js';
import type { ChaosResult, MadeFault } from './run-chaos.js';

const page = join(repository, 'docs/reliability.md');
const [begin, end] = ['<!-- chaos: written by npm run test:chaos -- --write -->', '<!-- chaos: end -->'];

/** What happened, as Markdown: what died, and not what was meant to. */
export function summarise({ seed, faults, submissions, outcomes, seconds, complaints, ends }: ChaosResult): string {
  const died = faults.filter(({ fault, happened }) => happened && fault.kind === 'kill');
  const atStep = died.filter(({ fault, atItsStep }) => fault.kind === 'kill' && fault.step && atItsStep);
  const others = otherFaults.flatMap((kind) => {
    const own = faults.filter(({ fault, happened }) => happened && fault.kind === kind);
    return own.length === 0 ? [] : [`| ${kind} | ${own.length} |`];
  });
  const say = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([what, times]) => `${times} ${what}`);
  return [
    `Seed ${seed}: ${died.length} kills, ${atStep.length} of them at a chosen step, in ${Math.round(seconds / 60)} minutes.`,
    `${submissions} submissions: ${say(outcomes).join(', ')}.`,
    `${complaints.length === 0 ? 'Nothing' : `${complaints.length} things`} wrong.`,
    '',
    `| killed while one is | ${steps.join(' | ')} | at another moment |`,
    `| --- |${' --- |'.repeat(steps.length + 1)}`,
    ...victims.map((victim) => summariseVictim(victim, died)),
    '',
    '| fault | times |',
    '| --- | --- |',
    ...others,
    '',
    `So often each program ended, by a fault or by itself: ${say(ends).join(', ')}.`,
  ].join('\n');
}

/** Empty where the step has nothing to do with the victim. */
function summariseVictim(victim: Victim, died: readonly MadeFault[]): string {
  const own = died.filter(({ fault }) => fault.kind === 'kill' && fault.victim === victim);
  const hits = steps.map((step) => {
    const isCell = cells.some((cell) => cell.victim === victim && cell.step === step);
    return isCell
      ? own.filter(({ fault, atItsStep }) => 'step' in fault && fault.step === step && atItsStep).length
      : '';
  });
  const elsewhere = own.length - hits.reduce<number>((sum, times) => sum + Number(times), 0);
  return `| ${victim} | ${hits.join(' | ')} | ${elsewhere} |`;
}

/** Between its two marks in docs/reliability.md. */
export async function writeResult(result: ChaosResult): Promise<void> {
  const text = await readFile(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < 0) throw new Error(`${page} has no place for the result: ${begin} … ${end}`);
  await writeFile(page, `${text.slice(0, from + begin.length)}\n\n${summarise(result)}\n\n${text.slice(to)}`);
}
