import { readFileSync } from 'node:fs';
import { type MetricName, metricNames, type Score, scoreSchema } from '@holdout/contracts';
import { describe, expect, it } from 'vitest';
import { makeFiles } from '../testing/make-folder.js';
import { runHoldout } from '../testing/run-holdout.js';

const tolerance = 1e-12;

async function runScore(labels: string | Uint8Array, predictions: string, ...more: string[]) {
  const cwd = await makeFiles({ 'labels.csv': labels, 'predictions.csv': predictions });
  return await runHoldout(['score', '--labels', 'labels.csv', '--predictions', 'predictions.csv', ...more], { cwd });
}

async function readScore(labels: string | Uint8Array, predictions: string): Promise<Score> {
  const { exitCode, stdout, stderr } = await runScore(labels, predictions, '--json');
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  return scoreSchema.parse(JSON.parse(stdout));
}

/** The problems of a refusal: what is wrong, and where. */
async function readProblems(labels: string | Uint8Array, predictions: string): Promise<string[]> {
  const { exitCode, stdout, stderr } = await runScore(labels, predictions, '--json');
  expect(exitCode).toBe(1);
  expect(stderr).toBe('');
  const { error } = JSON.parse(stdout);
  expect(error.next).toBeTypeOf('string');
  for (const problem of error.problems) {
    expect(problem.message).toContain(problem.file);
    expect(problem.message).toContain(`found ${problem.found}; expected ${problem.expected}.`);
  }
  return error.problems.map(({ code, file, line }: Record<string, unknown>) => [code, file, line].join(' ').trim());
}

const wrist = (patient: number) => `MURA-v1.1/valid/XR_WRIST/patient${String(patient).padStart(5, '0')}/study1`;

describe('known values', () => {
  interface Expected {
    metrics: Record<MetricName, number | null>;
  }
  interface SklearnCase {
    name: string;
    types: string;
    labels: string;
    probabilities: number[];
    overall: Expected;
    byStudyType: Record<string, Expected>;
  }
  const { cases } = readFixture<{ cases: SklearnCase[] }>('sklearn.json');
  const folders: Record<string, string> = { e: 'XR_ELBOW', h: 'XR_HAND', w: 'XR_WRIST' };

  // The scorer's own tests compare every case; here the way from files is at stake.
  it.each(cases.filter((_, place) => place % 6 === 0))('scikit-learn: $name', async (each) => {
    const studies = [...each.types].map((type, place) => `${folders[type]}/patient${place}/study1/`);
    const labels = studies.map((study, place) => `${study},${each.labels[place]}`).join('\n');
    const predictions = studies.map((study, place) => `${study},${each.probabilities[place]}`);
    const score = await readScore(labels, ['study,probability', ...predictions.toReversed()].join('\n'));
    expectEqual(score.overall, each.overall);
    expect(Object.keys(score.byStudyType)).toEqual(Object.keys(each.byStudyType));
    for (const [type, expected] of Object.entries(each.byStudyType)) expectEqual(score.byStudyType[type], expected);
  });

  function expectEqual(table: Score['overall'] | undefined, expected: Expected): void {
    for (const name of metricNames) {
      const [found, wanted] = [table?.[name].value, expected.metrics[name]];
      if (typeof found !== 'number' || wanted === null) expect([name, found]).toEqual([name, wanted]);
      else expect(Math.abs(found - wanted), name).toBeLessThanOrEqual(tolerance);
    }
  }

  it('every entry of the official board, as published', async () => {
    interface Counts {
      truePositive: number;
      falsePositive: number;
      trueNegative: number;
      falseNegative: number;
    }
    interface Board {
      entries: { publishedKappa: Record<string, number>; counts: Record<string, Counts> }[];
    }
    const { entries } = readFixture<Board>('official-board.json');
    expect(entries).toHaveLength(42);
    for (const { counts, publishedKappa } of entries) {
      const rows = Object.entries(counts).flatMap(([type, of]) =>
        type === 'overall'
          ? []
          : [
              ...Array(of.truePositive).fill([type, '1,1,0', '1']),
              ...Array(of.falseNegative).fill([type, '0,1,1', '0']),
              ...Array(of.falsePositive).fill([type, '0,1,0', '1.0']),
              ...Array(of.trueNegative).fill([type, '0,0,0', '0']),
            ],
      );
      const path = (type: string, place: number) => `MURA-v1.1/test/XR_${type.toUpperCase()}/patient${place}/study1/`;
      const labels = rows.map(([type, readers], place) => `${path(type, place)},${readers}\n`).join('');
      const predictions = rows.map(([type, , called], place) => `${path(type, place)},${called}\n`).join('');
      const score = await readScore(labels, predictions);
      for (const [group, published] of Object.entries(publishedKappa)) {
        const table = group === 'overall' ? score.overall : score.byStudyType[group];
        expect(Math.abs((table?.kappa.value ?? Number.NaN) - published), group).toBeLessThanOrEqual(tolerance);
      }
    }
  });
});

describe('the forms in which files come', () => {
  const plainLabels = [1, 2, 3, 4].map((patient) => `${wrist(patient)},${patient % 2}`);
  const plainPredictions = [1, 2, 3, 4].map((patient) => `${wrist(patient)},${patient % 2 === 1 ? 0.9 : 0.2}`);
  const expected = {
    studies: 4,
    overall: { kappa: { value: 1 }, auroc: { value: 1 } },
    byStudyType: { wrist: { studies: 4, kappa: { value: 1 } } },
  };
  it.each([
    ['as MURA has them', plainLabels.map((row) => `${row.replace(',', '/,')}\n`).join('')],
    ['with a header', ['study,label', ...plainLabels].join('\n')],
    ['with a byte-order mark and CRLF', `\ufeff${['Study,Label', ...plainLabels, '', ''].join('\r\n')}`],
    ['with blank lines at the end', `${plainLabels.join('\n')}\n\n  \n`],
    ['quoted, with spaces', plainLabels.map((row) => row.replace(/(.*),(.*)/, '"$1" , "$2"')).join('\n')],
    [
      'with readers',
      plainLabels.map((row) => `${row.slice(0, -1)}${row.endsWith('1') ? '1,0,1' : '0,0,1'}`).join('\n'),
    ],
    ['with readers and a header', `study,rad1,rad2,rad3\n${plainLabels.map((row) => `${row},0,1`).join('\n')}`],
    ['in floats', plainLabels.map((row) => `${row}.0`).join('\n')],
  ])('%s', async (_form, labels) => {
    expect(await readScore(labels, plainPredictions.join('\n'))).toMatchObject(expected);
  });

  it('prints exactly a score, and AUROC is null with its reason where only labels are given', async () => {
    const score = await readScore(plainLabels.join('\n'), plainLabels.join('\n'));
    expect(Object.keys(score)).toEqual(['studies', 'overall', 'byStudyType']);
    expect(score.overall.auroc).toEqual({ value: null, reason: expect.stringContaining('without a probability') });
    const withHeader = await readScore(plainLabels.join('\n'), ['study,probability', ...plainLabels].join('\n'));
    expect(withHeader.overall.auroc).toEqual({ value: 1 });
  });

  it('calls a study abnormal above 0.5, not at it', async () => {
    const predictions = [`${wrist(1)},0.5`, `${wrist(2)},5.0000001e-1`].join('\n');
    const { overall } = await readScore(plainLabels.slice(0, 2).join('\n'), predictions);
    expect(overall.counts).toEqual({ truePositive: 0, falseNegative: 1, falsePositive: 1, trueNegative: 0 });
  });

  it('shows a table to people, with the reason for what is undefined', async () => {
    const { exitCode, stdout } = await runScore(plainLabels.join('\n'), plainLabels.join('\n'));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^study type +studies +Cohen’s kappa/);
    expect(stdout).toMatch(/^wrist +4 +1\.000/m);
    expect(stdout).toMatch(/^all +4 +1\.000.* –$/m);
    expect(stdout).toMatch(/AUROC: 4 of 4 studies .*\(wrist, all\)/);
  });
});

describe('what is refused', () => {
  const labels = `study,label\n${wrist(1)},1\n${wrist(2)},0\n${wrist(3)},1\n`;

  it('every problem of both files at once, each with its file and line', async () => {
    const badLabels = ['study,label', `${wrist(1)},2`, 'nowhere/patient1/study1,1', '', wrist(2), `${wrist(1)},1`];
    const badPredictions = [`${wrist(1)},1.5`, `${wrist(9)},nan`, `${wrist(1)},0.1,7`, `${wrist(2)},`];
    expect(await readProblems(badLabels.join('\n'), badPredictions.join('\n'))).toEqual([
      'labels_invalid labels.csv 2',
      'labels_invalid labels.csv 3',
      'labels_invalid labels.csv 5',
      'labels_invalid labels.csv 6',
      'predictions_invalid predictions.csv 1',
      'predictions_invalid predictions.csv 2',
      'predictions_invalid predictions.csv 3',
      'predictions_invalid predictions.csv 4',
      'predictions_missing predictions.csv',
      'predictions_unknown predictions.csv 2',
      'predictions_duplicate predictions.csv 3',
    ]);
  });

  it('a study that is missing, twice or unknown', async () => {
    expect(await readProblems(labels, `${wrist(1)},1\n${wrist(2)},1\n`)).toEqual([
      'predictions_missing predictions.csv',
    ]);
    const twice = `${wrist(1)},1\n${wrist(2)},1\n${wrist(3)},0\n${wrist(2)}/,1\n`;
    expect(await readProblems(labels, twice)).toEqual(['predictions_duplicate predictions.csv 4']);
    const unknown = `${wrist(1)},1\n${wrist(2)},1\n${wrist(3)},0\n${wrist(3)}/image1.png,1\n`;
    expect(await readProblems(labels, unknown)).toEqual(['predictions_unknown predictions.csv 4']);
  });

  it.each([
    [
      'an even number of readers',
      `${wrist(1)},1,0\n${wrist(2)},0,0\n`,
      ['labels_invalid labels.csv 1', 'labels_invalid labels.csv 2'],
    ],
    ['a line with other readers', `${wrist(1)},1,0,1\n${wrist(2)},0\n`, ['labels_invalid labels.csv 2']],
    [
      'a study type that is not told',
      'XR_/a/study1,1\nMURA/WRIST/b,1\n',
      ['labels_invalid labels.csv 1', 'labels_invalid labels.csv 2'],
    ],
    [
      'a header that is not known',
      `patient;label\n${wrist(1)},1\n`,
      ['labels_invalid labels.csv 1', 'labels_invalid labels.csv 1'],
    ],
    ['nothing', '', ['labels_invalid labels.csv']],
    ['only a header', 'study,label\n', ['labels_invalid labels.csv']],
    ['a quote that is not closed', `${wrist(1)},1\n"${wrist(2)},0\n`, ['labels_invalid labels.csv 2']],
    ['UTF-16', Buffer.from(`\ufeff${wrist(1)},1\n`, 'utf16le'), ['labels_invalid labels.csv 1']],
  ])('%s', async (_what, badLabels, expected) => {
    const problems = await readProblems(badLabels, `${wrist(1)},1\n${wrist(2)},0\n`);
    expect(problems.filter((problem) => problem.startsWith('labels'))).toEqual(expected);
  });

  it('says so to people, and ends with what to do next', async () => {
    const { exitCode, stdout, stderr } = await runScore(labels, `${wrist(1)},yes\n${wrist(2)},1\n`);
    expect([exitCode, stdout]).toEqual([1, '']);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toContain('  • predictions.csv, line 1: found "yes"; expected a number from 0 to 1.');
    expect(lines.at(-1)).toBe(
      'Write a study and its label, or its probability, on each line: one line for each study of the list.',
    );
  });

  it('a file that is not there', async () => {
    const { exitCode, stderr } = await runHoldout(['score', '--labels', 'no.csv', '--predictions', 'no.csv']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^no\.csv can’t be used: there is no such file/);
  });
});

function readFixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../../packages/scoring/fixtures/${name}`, import.meta.url), 'utf8'));
}
