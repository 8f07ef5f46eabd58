import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { majorityLabels } from '../gold-standard.js';
import { muraStudyTypes, officialComposition, uniformComposition } from '../mura.js';
import { demoSets } from './demo-sets.js';
import { generateStudies, planStudies, type SyntheticStudy } from './generate-studies.js';
import { readStudies, syntheticGold, syntheticVoters } from './read-studies.js';

const small = uniformComposition({ studies: 2, abnormal: 1, images: 5 });

async function collect(seed: string, firstPatient = 1): Promise<SyntheticStudy[]> {
  const studies = [];
  for await (const study of generateStudies({ seed, composition: small, firstPatient })) studies.push(study);
  return studies;
}

function digests(studies: SyntheticStudy[]): string[] {
  return studies.flatMap(({ images }) => images.map(({ png }) => createHash('sha256').update(png).digest('hex')));
}

describe('the hidden set of the demo', () => {
  const plans = planStudies(demoSets.hidden);
  const readings = readStudies({ seed: demoSets.hidden.seed, plans });
  const gold = syntheticGold(readings);

  it('has exactly the official composition, by its gold standard', () => {
    expect(plans).toHaveLength(207);
    expect(new Set(plans.map(({ study }) => study)).size).toBe(207);
    for (const type of muraStudyTypes) {
      const own = plans.filter(({ studyType }) => studyType === type);
      const abnormal = own.filter(({ study }) => gold.get(study) === 1).length;
      const images = own.reduce((total, { imageCount }) => total + imageCount, 0);
      expect({ studies: own.length, abnormal, images }, type).toEqual(officialComposition[type]);
    }
    expect([...gold.values()].filter((label) => label === 1)).toHaveLength(92);
    expect(plans.reduce((total, { imageCount }) => total + imageCount, 0)).toBe(556);
  });

  it('was read by six, of differing skill: three make the gold standard, three are compared with it', () => {
    expect(readings).toHaveLength(6);
    expect(syntheticVoters).toHaveLength(3);
    const agreements = readings
      .filter(({ reader }) => !syntheticVoters.includes(reader))
      .map(({ labels }) => [...gold].filter(([study, label]) => labels.get(study) === label).length / 207);
    expect(new Set(agreements).size).toBe(3);
    for (const agreement of agreements) {
      expect(agreement).toBeGreaterThan(0.75);
      expect(agreement).toBeLessThan(0.97);
    }
  });

  it('does not tell a label by a study’s place or patient', () => {
    const labels = plans.map(({ truth }) => truth);
    const half = labels.slice(0, 104).filter((label) => label === 1).length;
    expect(half).toBeGreaterThan(30);
    expect(half).toBeLessThan(62);
  });
});

it('keeps the sets of the demo apart: no seed and no patient in two of them', () => {
  const sets = Object.values(demoSets);
  expect(new Set(sets.map(({ seed }) => seed)).size).toBe(sets.length);
  const patients = sets.flatMap((set) => planStudies(set).map(({ patient }) => patient));
  expect(new Set(patients).size).toBe(patients.length);
});

describe('generated studies', () => {
  it('are the same for the same seed, to the byte, and share no picture with another seed', async () => {
    const [first, again, other] = [await collect('a'), await collect('a'), await collect('b')];
    expect(digests(first)).toEqual(digests(again));
    expect(digests(first).filter((digest) => digests(other).includes(digest))).toEqual([]);
    expect(new Set(digests(first)).size).toBe(35);
  });

  it('are 8-bit grey PNGs of differing sizes, up to 512 pixels, several views a study', async () => {
    const studies = await collect('sizes');
    const images = studies.flatMap((study) => study.images);
    for (const { png, width, height } of images) {
      expect(await sharp(png).metadata()).toMatchObject({ format: 'png', depth: 'uchar', width, height });
      expect(Math.max(width, height)).toBeLessThanOrEqual(512);
      expect(Math.max(width, height)).toBeGreaterThan(300);
    }
    expect(new Set(images.map(({ width, height }) => `${width}×${height}`)).size).toBeGreaterThan(20);
    expect(Math.max(...studies.map((study) => study.images.length))).toBeGreaterThan(1);
  });

  it('mark where the lesion is, inside the picture, and only where there is one', async () => {
    for (const { truth, lesion, images } of await collect('boxes')) {
      expect(lesion === 'none').toBe(truth === 0);
      for (const { lesionBox, width, height } of images) {
        expect(lesionBox === null).toBe(truth === 0);
        if (!lesionBox) continue;
        expect(lesionBox.width * lesionBox.height).toBeGreaterThan(0);
        expect(lesionBox.left + lesionBox.width).toBeLessThanOrEqual(width);
        expect(lesionBox.top + lesionBox.height).toBeLessThanOrEqual(height);
      }
    }
  });
});

it('refuses a composition that can’t be met', () => {
  const impossible = uniformComposition({ studies: 2, abnormal: 3, images: 5 });
  expect(() => planStudies({ seed: 'x', composition: impossible })).toThrow(/2 studies can't have 3 abnormal/);
});

describe('the majority', () => {
  const vote = (...labels: (0 | 1)[]) =>
    labels.map((label, index) => ({ reader: `r${index}`, labels: new Map([['s', label]]) }));

  it('decides', () => {
    expect(majorityLabels(vote(1, 0, 1)).get('s')).toBe(1);
    expect(majorityLabels(vote(1, 0, 0)).get('s')).toBe(0);
    expect(majorityLabels(vote(1)).get('s')).toBe(1);
  });

  it('refuses an even number of voters, and a voter who did not read a study', () => {
    expect(() => majorityLabels(vote(1, 0))).toThrow(/odd number/);
    const voters = [...vote(1, 0), { reader: 'late', labels: new Map() }];
    expect(() => majorityLabels(voters)).toThrow(/“late” has no label for s/);
  });
});
