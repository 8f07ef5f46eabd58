import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeResamples, type Resamples, type SampledStudy } from './make-resamples.js';

const studiesArbitrary = fc.array(
  fc.record({
    studyType: fc.constantFrom('elbow', 'hand', 'wrist'),
    patient: fc.nat(12).map((number) => `patient${number}`),
  }),
  { maxLength: 40 },
);

describe('makeResamples', () => {
  it('draws as many patients of each type as it has', () => {
    fc.assert(
      fc.property(studiesArbitrary, fc.nat(), (studies, seed) => {
        const resamples = makeResamples(studies, { resamples: 10, seed });
        const clustersOf = new Map<string, Set<number>>();
        for (const [place, { studyType }] of studies.entries()) {
          const clusters = clustersOf.get(studyType) ?? new Set<number>();
          clustersOf.set(studyType, clusters.add(resamples.clusterOf[place] ?? -1));
        }
        resamples.forEach((multiplicities) => {
          expect(multiplicities).toHaveLength(resamples.clusters);
          for (const clusters of clustersOf.values()) {
            const drawn = [...clusters].reduce((sum, cluster) => sum + (multiplicities[cluster] ?? 0), 0);
            expect(drawn).toBe(clusters.size);
          }
        });
      }),
    );
  });

  it('puts two studies into a cluster just where they have the same type and patient', () => {
    fc.assert(
      fc.property(studiesArbitrary, (studies) => {
        const { clusterOf, clusters } = makeResamples(studies);
        const names = studies.map(({ studyType, patient }) => `${studyType} ${patient}`);
        expect(clusters).toBe(new Set(names).size);
        for (const [a, nameA] of names.entries()) {
          for (const [b, nameB] of names.entries()) expect(clusterOf[a] === clusterOf[b]).toBe(nameA === nameB);
        }
      }),
    );
  });

  it('draws the same studies in any order of them, again and again, and others by another seed', () => {
    const shuffledArbitrary = studiesArbitrary.chain((studies) =>
      fc.tuple(fc.constant(studies), fc.shuffledSubarray([...studies.keys()], { minLength: studies.length })),
    );
    fc.assert(
      fc.property(shuffledArbitrary, ([studies, order]) => {
        const resamples = makeResamples(studies, { resamples: 5, seed: 9 });
        const shuffled = makeResamples(
          order.map((place) => studies[place] as SampledStudy),
          { resamples: 5, seed: 9 },
        );
        const drawn = listTimes(resamples);
        expect(listTimes(resamples)).toEqual(drawn);
        expect(listTimes(shuffled)).toEqual(drawn.map((times) => order.map((place) => times[place])));
      }),
    );
    const studies = makePatients(50);
    const first = listTimes(makeResamples(studies, { resamples: 2, seed: 1 }));
    expect(listTimes(makeResamples(studies, { resamples: 2, seed: 2 }))).not.toEqual(first);
    expect(first[0]).not.toEqual(first[1]);
  });

  it('starts with the same resamples however many there are', () => {
    const studies = makePatients(20);
    const few = listTimes(makeResamples(studies, { resamples: 3 }));
    expect(listTimes(makeResamples(studies, { resamples: 8 })).slice(0, 3)).toEqual(few);
  });

  it('draws every patient equally often, as independent draws vary', () => {
    const resamples = 4000;
    const times = listTimes(makeResamples(makePatients(10), { resamples }));
    const counts = times[0]?.map((_, patient) => times.map((ofResample) => ofResample[patient] ?? 0)) ?? [];
    for (const ofPatient of counts) {
      const mean = ofPatient.reduce((sum, count) => sum + count, 0) / resamples;
      const variance = ofPatient.reduce((sum, count) => sum + (count - mean) ** 2, 0) / resamples;
      // Binomial with 10 draws of a chance of 1/10: mean 1, variance 0.9; five standard errors.
      expect(Math.abs(mean - 1)).toBeLessThan(5 * Math.sqrt(0.9 / resamples));
      expect(Math.abs(variance - 0.9)).toBeLessThan(5 * Math.sqrt((2.2 + 2 * 0.81) / resamples));
    }
  });

  it('has nothing to draw from no studies', () => {
    expect(listTimes(makeResamples([], { resamples: 2 }))).toEqual([[], []]);
  });
});

/** For each resample, how often each study occurs in it. */
function listTimes({ forEach, clusterOf }: Resamples): number[][] {
  const all: number[][] = [];
  forEach((multiplicities) => all.push(Array.from(clusterOf, (cluster) => multiplicities[cluster] ?? 0)));
  return all;
}

function makePatients(count: number): SampledStudy[] {
  return Array.from({ length: count }, (_, number) => ({ studyType: 'hand', patient: `patient${number}` }));
}
