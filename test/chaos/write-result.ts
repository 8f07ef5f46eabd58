import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../repository.js';
import { victims } from './plan-faults.js';
import type { ChaosResult } from './run-chaos.js';

const page = join(repository, 'docs/reliability.md');
const [begin, end] = ['<!-- chaos: written by npm run test:chaos -- --write -->', '<!-- chaos: end -->'];

/** What happened, as Markdown. */
export function summarise({ seed, faults, submissions, outcomes, seconds, complaints }: ChaosResult): string {
  const kills = faults.filter(({ fault }) => fault.kind === 'kill');
  const atStep = kills.filter(({ fault, atItsStep }) => fault.kind === 'kill' && fault.step && atItsStep);
  const rows = victims.map((victim) => {
    const own = kills.filter(({ fault }) => fault.kind === 'kill' && fault.victim === victim);
    return `| kill -9 ${victim} | ${own.length} |`;
  });
  const others = count(faults.flatMap(({ fault }) => (fault.kind === 'kill' ? [] : [fault.kind])));
  for (const [kind, times] of Object.entries(others)) rows.push(`| ${kind} | ${times} |`);
  const ends = Object.entries(outcomes).map(([outcome, times]) => `${times} ${outcome}`);
  return [
    `Seed ${seed}: ${kills.length} kills, ${atStep.length} of them at a chosen step, in ${Math.round(seconds / 60)} minutes.`,
    `${submissions} submissions: ${ends.join(', ')}.`,
    `${complaints.length === 0 ? 'Nothing' : `${complaints.length} things`} wrong.`,
    '',
    '| fault | times |',
    '| --- | --- |',
    ...rows,
  ].join('\n');
}

/** Between its two marks in docs/reliability.md. */
export async function writeResult(result: ChaosResult): Promise<void> {
  const text = await readFile(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < 0) throw new Error(`${page} has no place for the result: ${begin} … ${end}`);
  await writeFile(page, `${text.slice(0, from + begin.length)}\n\n${summarise(result)}\n\n${text.slice(to)}`);
}

function count(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
