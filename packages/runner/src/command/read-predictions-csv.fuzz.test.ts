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
import { sampleLabels } from '../testing/fuzz/read-predictions.js';

const target = useTarget(new URL('../../dist/testing/fuzz/read-predictions.js', import.meta.url), {
  mostGrowthMebibytes: 192,
});

const [one, two, three] = [
  'XR_WRIST/patient00001/study1',
  'XR_WRIST/patient00002/study1',
  'XR_ELBOW/patient00003/study2',
];
/** Every form that is allowed. */
const files = Object.entries({
  labels: `${one}/,1\n${two}/,0\n${three}/,1\n`,
  probabilities: `${one},0.25\n${two},1e-3\n${three},1\n`,
  header: `study,probability\n${one},0.25\n${two},0\n${three},1\n`,
  'header of labels': `study,label\n${one},0\n${two},0\n${three},1\n`,
  'a spreadsheet’s': `\ufeffstudy,label\r\n"${one}/","1"\r\n"${two}/","0"\r\n"${three}/","1"\r\n`,
  'no last line break': `${three}/,1\n./${one}/,0\n././${two}//,0`,
  'not all studies': `${one},1\n`,
  'the sample’s': sampleLabels.toString(),
}).map(([name, text]) => ({ name, bytes: Buffer.from(text), places: findCells(Buffer.from(text)) }));
const runs = 300;
const timeout = fuzzTimeoutMilliseconds(runs);

it('accepts every form that is allowed', { timeout }, async () => {
  for (const { name, bytes } of files) expect(await target.give(bytes), name).toBe('accepted');
});

it('answers any damage, and the same again and again up to 8 MB', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(changesOf(files), fc.constantFrom(1, 1, 1, 1, 20_000), async (drawn, times) => {
      const damaged = Buffer.from(applyChanges(files, drawn)).subarray(0, 400);
      const bytes = Buffer.alloc(damaged.length * times, damaged.length > 0 ? damaged : 0);
      expect(await target.give(bytes)).toMatch(/^(accepted|predictions_(invalid|duplicate|unknown))$/);
    }),
    fuzzParameters(runs),
  );
});
