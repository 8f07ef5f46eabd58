import type { TestSetChange, TestSetDiff } from '@holdout/contracts';
import type { Output } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';

const labelNames = ['normal', 'abnormal'] as const;

/** What differs between two versions, a line a difference. */
export function sayDiff({ from, to, added, withdrawn, relabelled, imagesChanged }: TestSetDiff, output: Output): void {
  output.title(`${from.slice(0, 12)} → ${to.slice(0, 12)}`);
  for (const study of added) output.say(`+ ${printable(study)}`);
  for (const study of withdrawn) output.say(`- ${printable(study)}`);
  for (const { study, reader, ...label } of relabelled) {
    const whose = reader === null ? 'gold standard' : printable(reader);
    output.say(`~ ${printable(study)}: ${whose}: ${labelNames[label.from]} → ${labelNames[label.to]}`);
  }
  for (const study of imagesChanged) output.say(`~ ${printable(study)}: images changed`);
}

/** What a new version sets going. */
export function sayChange({ diff, rescored, rerun }: TestSetChange, output: Output): void {
  sayDiff(diff, output);
  if (rescored > 0) output.say(`${rescored} evaluations are scored anew from their predictions.`);
  if (rerun > 0) output.say(`${rerun} evaluations are run anew.`);
  output.say('The board switches to the new version when they have ended.');
}
