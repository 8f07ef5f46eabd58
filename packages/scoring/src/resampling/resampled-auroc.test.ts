import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countHalfWins, sum } from '../half-wins.js';
import { countResampledHalfWins, sortByProbability } from './resampled-auroc.js';

const studyArbitrary = fc.record({
  sixteenths: fc.nat(16),
  isAbnormal: fc.constantFrom<0 | 1>(0, 1),
  cluster: fc.nat(9),
  isInGroup: fc.boolean(),
});
const timesArbitrary = fc.array(fc.nat(5), { minLength: 10, maxLength: 10 });

it('counts what a list of the drawn studies would give', () => {
  fc.assert(
    fc.property(fc.array(studyArbitrary), timesArbitrary, (studies, times) => {
      const group = studies.filter(({ isInGroup }) => isInGroup);
      const sorted = sortByProbability(
        Uint32Array.from([...studies.keys()].filter((place) => studies[place]?.isInGroup)),
        Float64Array.from(studies, ({ sixteenths }) => sixteenths / 16),
        Uint8Array.from(studies, ({ isAbnormal }) => isAbnormal),
        Uint32Array.from(studies, ({ cluster }) => cluster),
      );
      const listed = (label: 0 | 1) =>
        group
          .filter(({ isAbnormal }) => isAbnormal === label)
          .flatMap(({ sixteenths, cluster }) => Array.from({ length: times[cluster] ?? 0 }, () => sixteenths));
      expect(countResampledHalfWins(sorted, Uint16Array.from(times))).toBe(sum(countHalfWins(listed(1), listed(0))));
    }),
  );
});

it('counts beyond 32 bits', () => {
  const sorted = sortByProbability(
    Uint32Array.of(0, 1),
    Float64Array.of(0.1, 0.9),
    Uint8Array.of(0, 1),
    Uint32Array.of(0, 1),
  );
  expect(countResampledHalfWins(sorted, Uint16Array.of(65535, 65535))).toBe(2 * 65535 ** 2);
});
