import { expect, it } from 'vitest';
import { drawReaders } from '../draw-readers.js';
import { nameOpaquely } from './opaque-names.js';
import { planImport } from './plan-import.js';

const root = 'MURA-v1.1/test';
const wrist = `${root}/XR_WRIST/patient00001/study1`;
const elbow = `${root}/XR_ELBOW/patient00002/study1`;
const paths = [`${wrist}/image10.png`, `${wrist}/image2.png`, `${elbow}/image1.png`];

function plan(text: string | null, more: { paths?: string[]; labelsFile?: string } = {}) {
  const tables = text === null ? [] : [{ path: `${root}/labels.csv`, text }];
  return planImport({ paths: more.paths ?? paths, tables, labelsFile: more.labelsFile });
}

function messages(text: string | null, more: { paths?: string[] } = {}): string[] {
  return plan(text, more).problems.map(({ message }) => message);
}

it.each([
  ['plain', `${wrist}/,1,0,1\n${elbow}/,0,0,1\n`],
  [
    'with a header, a byte-order mark, CRLF and blank lines',
    `\ufeffstudy,Ann,Ben,Cem\r\n${wrist},1.0,0,1\r\n\r\n${elbow},0,0.0,1\r\n\r\n`,
  ],
])('reads three readers, %s', (how, text) => {
  const { studies, readers, problems } = plan(text);
  expect(problems).toEqual([]);
  expect(readers).toEqual(how === 'plain' ? ['Reader 1', 'Reader 2', 'Reader 3'] : ['Ann', 'Ben', 'Cem']);
  expect(studies.map(({ study, label, readerLabels }) => [study, label, Object.values(readerLabels)])).toEqual([
    ['XR_WRIST/patient00001/study1', null, [1, 0, 1]],
    ['XR_ELBOW/patient00002/study1', null, [0, 0, 1]],
  ]);
  // As people count, not as letters sort.
  expect(studies[0]?.images).toEqual([`${wrist}/image2.png`, `${wrist}/image10.png`]);
  expect(studies[0]).toMatchObject({ studyType: 'wrist', patient: 'patient00001' });
});

it('takes labels from a table, or from the suffixes, and demands that they agree', () => {
  const suffixed = [`${wrist}_positive/image1.png`, `${elbow}_negative/image1.png`];
  const fromSuffix = plan(null, { paths: suffixed });
  expect(fromSuffix.problems).toEqual([]);
  expect(fromSuffix.studies.map(({ study, label }) => [study, label])).toEqual([
    ['XR_WRIST/patient00001/study1', 1],
    ['XR_ELBOW/patient00002/study1', 0],
  ]);
  expect(plan(`${wrist}_positive/,1\n${elbow}_negative/,0\n`, { paths: suffixed }).problems).toEqual([]);
  expect(messages(`${wrist}_positive/,0\n${elbow}_negative/,0\n`, { paths: suffixed })).toEqual([
    `${wrist}_positive/image1.png: XR_WRIST/patient00001/study1 is 0 in ${root}/labels.csv, line 1, and its folder says 1.`,
  ]);
});

it.each([
  ['an image without a label', `${wrist}/,1\n`, 'XR_ELBOW/patient00002/study1 has images and no label'],
  [
    'a label without an image',
    `${wrist},1\n${elbow},0\nXR_HAND/p3/study1,0\n`,
    'labels.csv, line 3: XR_HAND/p3/study1 has a label and no image',
  ],
  [
    'a study that is labelled twice',
    `${wrist},1\n${elbow},0\n${wrist}/,0\n`,
    'labels.csv, line 3: found XR_WRIST/patient00001/study1 again, after line 1; expected it once',
  ],
  [
    'an empty cell',
    `${wrist},1,,0\n${elbow},0,0,1\n`,
    'labels.csv, line 1: found an empty cell in column 3; expected 0 or 1',
  ],
  ['a cell that is no label', `${wrist},1\n${elbow},2\n`, 'labels.csv, line 2: found "2" in column 2; expected 0 or 1'],
  [
    'a row that is too short',
    `${wrist},1,0,1\n${elbow},0\n`,
    'labels.csv, line 2: found 1 values; expected 3, as in the lines before',
  ],
  [
    'a row of no study',
    `${wrist},1\n${elbow},0\nnonsense,1\n`,
    'labels.csv, line 3: found "nonsense"; expected a study such as',
  ],
  ['quotes that are not closed', `"${wrist},1\n`, 'labels.csv, line 1: found no CSV'],
])('says where there is %s', (_what, text, words) => {
  expect(messages(text)).toEqual(expect.arrayContaining([expect.stringContaining(words)]));
});

it.each([
  [
    'a study of an unknown type',
    [`${root}/XR_SKULL/p1/study1/image1.png`],
    'The type of XR_SKULL/p1/study1 is not known',
  ],
  ['an image in no study', [`${root}/image1.png`], 'The image lies in no study'],
  ['a study under two labels', [`${wrist}_positive/image1.png`, `${wrist}_negative/image2.png`], 'is there twice'],
  ['a study in two spellings', [`${wrist}/image1.png`, `${wrist.toLowerCase()}/image2.png`], 'is there twice'],
  ['no image at all', [`${root}/README.txt`], 'There is no image'],
])('says where there is %s', (_what, wrong, words) => {
  expect(messages(null, { paths: wrong })).toEqual(expect.arrayContaining([expect.stringContaining(words)]));
});

const header = 'study,image,type,patient';
const plainPaths = ['set/list.csv', 'set/a.png', 'set/b.png', 'set/deep/c.png'];
function planPlain(text: string, all = plainPaths) {
  return planImport({ paths: all, tables: [{ path: 'set/list.csv', text }] });
}

it('reads the plain table, with a label or with readers, columns in any order', () => {
  const labelled = planPlain(`${header},label\nS1,a.png,wrist,P1,1\nS1,b.png,wrist,P1,1\nS2,deep/c.png,XR_HAND,P2,0\n`);
  expect(labelled).toMatchObject({ problems: [], readers: [] });
  expect(labelled.studies).toEqual([
    { study: 'S1', studyType: 'wrist', patient: 'P1', images: ['set/a.png', 'set/b.png'], label: 1, readerLabels: {} },
    { study: 'S2', studyType: 'hand', patient: 'P2', images: ['set/deep/c.png'], label: 0, readerLabels: {} },
  ]);
  const read = planPlain(
    'Ann,patient,type,image,study,Ben\n1,P1,wrist,a.png,S1,0\n1,P1,wrist,b.png,S1,0\n0,P2,hand,set/deep/c.png,S2,1\n',
  );
  expect(read).toMatchObject({ problems: [], readers: ['Ann', 'Ben'] });
  expect(read.studies.map(({ readerLabels }) => readerLabels)).toEqual([
    { Ann: 1, Ben: 0 },
    { Ann: 0, Ben: 1 },
  ]);
});

it('lists everything that is wrong in a plain table, with its line', () => {
  const wrong = [
    `${header},label`,
    'S1,a.png,wrist,P1,1',
    'S1,b.png,hand,P9,0',
    'S2,nowhere.png,wrist,P2,0',
    'S3,deep/c.png,skull,,',
    'S4,a.png,wrist,P4,1',
    'S5,a.png',
  ].join('\n');
  expect(planPlain(wrong, [...plainPaths, 'set/d.png']).problems.map(({ message }) => message)).toEqual([
    'set/list.csv, line 3: found S1 as a hand; expected the same as on line 2.',
    'set/list.csv, line 3: found S1 with the patient P9; expected the same as on line 2.',
    'set/list.csv, line 3: found other labels of S1; expected the same as on line 2.',
    'set/list.csv, line 4: found the image "nowhere.png"; expected a path to a file that is there.',
    'set/list.csv, line 5: found an empty cell in column label; expected 0 or 1.',
    'set/list.csv, line 5: found the type "skull"; expected one of elbow, finger, forearm, hand, humerus, shoulder, wrist.',
    'set/list.csv, line 5: found an empty cell in column patient; expected a patient’s name.',
    'set/list.csv, line 6: found set/a.png again, after line 2; expected it once.',
    'set/list.csv, line 7: found 2 cells; expected 5, as in the header.',
    'set/d.png: The image is not in set/list.csv, and has no label.',
  ]);
  // Of a table that can't be read, that is all that is told.
  expect(planPlain(header).problems).toEqual([
    expect.objectContaining({ line: 1, message: expect.stringContaining('found no column of labels') }),
  ]);
  expect(planPlain(`${header},Ann\nS1,a.png,wrist,P1,yes`).problems[0]?.message).toContain('"yes" in column Ann');
  expect(planPlain(`${header},Ann,B\x1b[31m`).problems[0]?.message).toContain('without control characters');
  expect(planPlain(`${header},Ann,`).problems[0]?.message).toContain('found a column without a name');
  expect(planPlain(`${header},Ann,Ann`).problems[0]?.message).toContain('found two columns "Ann"');
  expect(messages(`study,Ann,Ann\n${wrist},1,1\n${elbow},0,0\n`)).toEqual(
    expect.arrayContaining([expect.stringContaining('line 1: found two columns "Ann"')]),
  );
});

it('asks which of several tables it is, and passes over lists of images', () => {
  const tables = [
    { path: 'a/one.csv', text: `${wrist},1\n${elbow},0\n` },
    { path: 'a/two.csv', text: `${wrist},0\n${elbow},0\n` },
    { path: 'a/test_image_paths.csv', text: paths.join('\n') },
  ];
  expect(planImport({ paths, tables }).problems[0]?.message).toContain(
    'Found 2 tables with labels: a/one.csv, a/two.csv',
  );
  const chosen = planImport({ paths, tables, labelsFile: 'two.csv' });
  expect(chosen.problems).toEqual([]);
  expect(chosen.studies[0]?.label).toBe(0);
  expect(planImport({ paths, tables, labelsFile: 'three.csv' }).problems[0]?.message).toContain('no such table');
});

it('gives studies names that tell nothing, the same for the same key, whatever else is there', () => {
  const studies = [
    { study: 'XR_WRIST/patient00001/study1', studyType: 'wrist', patient: 'patient00001' },
    { study: 'XR_WRIST/patient00001/study2', studyType: 'wrist', patient: 'patient00001' },
    { study: 'XR_HAND/patient00001/study1', studyType: 'hand', patient: 'patient00001' },
    { study: 'XR_HAND/patient00002/study1', studyType: 'hand', patient: 'patient00002' },
  ];
  const names = nameOpaquely(studies, 'key');
  const [first, second, third, fourth] = studies.map(({ study }) => names.get(study));
  expect(first?.study).toMatch(/^XR_WRIST\/patient\d{12}\/study[12]$/);
  expect(new Set([first?.study, second?.study]).size).toBe(2);
  expect(third?.patient).toBe(first?.patient);
  expect(fourth?.patient).not.toBe(first?.patient);
  expect(nameOpaquely(studies.slice(2).reverse(), 'key').get('XR_HAND/patient00001/study1')).toEqual(third);
  expect(nameOpaquely(studies, 'another').get('XR_HAND/patient00001/study1')).not.toEqual(third);
});

it('draws three readers by a seed, and says who was left out', () => {
  const readers = ['A', 'B', 'C', 'D', 'E', 'F'];
  const draw = drawReaders(readers, 3, 7);
  expect(draw.drawn).toHaveLength(3);
  expect([...draw.drawn, ...draw.leftOut].sort()).toEqual(readers);
  expect(drawReaders([...readers].reverse(), 3, 7)).toEqual(draw);
  const seeds = Array.from({ length: 20 }, (_, seed) => drawReaders(readers, 3, seed).drawn.join(''));
  expect(new Set(seeds).size).toBeGreaterThan(5);
  expect(() => drawReaders(readers, 2, 1)).toThrow(/odd/);
});
