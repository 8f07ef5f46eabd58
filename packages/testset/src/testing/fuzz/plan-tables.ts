import { HoldoutError } from '@holdout/contracts';
import { nameOpaquely } from '../../import/opaque-names.js';
import { planImport } from '../../import/plan-import.js';
import { listPaths } from './import-tables.js';

/** A folder of MURA's layout, with this beside its images as a table; its lines are names of files there, too. */
export function tryInput(bytes: Uint8Array): void {
  const text = Buffer.from(bytes).toString('utf8');
  const names = listPaths(text);
  for (const paths of [
    [...names, 'labels.csv'],
    [...text.split(/[\n,]/), 'labels.csv'],
  ]) {
    const plan = planImport({ paths, tables: [{ path: 'labels.csv', text }] });
    if (plan.problems.length > 0) {
      if (plan.problems.some(({ message }) => message.length > 10_000)) throw new Error('A problem takes a page.');
      if (paths[0] === names[0]) throw new HoldoutError('test_set_invalid', { problems: plan.problems });
      continue;
    }
    nameOpaquely(plan.studies, 'a key');
    for (const { study, images, label, readerLabels } of plan.studies) {
      const labels = label === null ? Object.values(readerLabels) : [label];
      if (images.length === 0 || labels.length === 0) throw new Error(`${study} has no image, or no label.`);
      if (labels.some((each) => each !== 0 && each !== 1)) throw new Error(`${study} has odd labels.`);
    }
  }
}
