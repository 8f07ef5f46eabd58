import { readFileSync } from 'node:fs';
import {
  type ConfusionCounts,
  confusionCountsSchema,
  type MetricName,
  type MetricTable,
  metricNames,
} from '@holdout/contracts';
import { describe, expect, it } from 'vitest';
import { scoreCounts, scorePredictions } from './score-predictions.js';

interface Expected {
  counts: [truePositive: number, falsePositive: number, trueNegative: number, falseNegative: number];
  metrics: Record<MetricName, number | null>;
}

/** A study a place: the first letter of its type, its label, its probability. */
interface SklearnCase {
  name: string;
  types: string;
  labels: string;
  probabilities: number[];
  overall: Expected;
  byStudyType: Record<string, Expected>;
}

interface Board {
  composition: Record<string, { studies: number; abnormal: number }>;
  entries: { date: string; publishedKappa: Record<string, number>; counts: Record<string, ConfusionCounts> }[];
}

const tolerance = 1e-12;

describe('scikit-learn', () => {
  const { cases }: { cases: SklearnCase[] } = readFixture('sklearn.json');
  const typeNames: Record<string, string> = { e: 'elbow', h: 'hand', w: 'wrist' };

  it.each(cases)('$name', ({ types, labels, probabilities, overall, byStudyType }) => {
    const gold = [...labels].map((label, place) => ({
      study: `study${place}`,
      studyType: typeNames[types[place] ?? ''] ?? '',
      label: label === '1' ? (1 as const) : (0 as const),
    }));
    const predictions = probabilities.map((probability, place) => ({
      study: `study${place}`,
      label: probability > 0.5 ? (1 as const) : (0 as const),
      probability,
    }));
    const score = scorePredictions(gold, predictions);
    expectEqual(score.overall, overall);
    expect(Object.keys(score.byStudyType)).toEqual(Object.keys(byStudyType));
    for (const [type, expected] of Object.entries(byStudyType)) expectEqual(score.byStudyType[type], expected);
  });

  function expectEqual(table: MetricTable | undefined, expected: Expected): void {
    const counts = table?.counts;
    expect([counts?.truePositive, counts?.falsePositive, counts?.trueNegative, counts?.falseNegative]).toEqual(
      expected.counts,
    );
    for (const name of metricNames) expectClose(name, table?.[name].value, expected.metrics[name]);
  }
});

describe('the official board', () => {
  const { composition, entries }: Board = readFixture('official-board.json');

  it('has 42 entries of eight kappas', () => {
    expect(entries).toHaveLength(42);
    for (const { publishedKappa } of entries) expect(Object.keys(publishedKappa)).toHaveLength(8);
  });

  it.each(entries.map((entry, place) => ({ ...entry, place })))(
    'entry $place of $date, as published, from its counts',
    ({ publishedKappa, counts }) => {
      for (const [group, published] of Object.entries(publishedKappa)) {
        const groupCounts = confusionCountsSchema.parse(counts[group]);
        const table = scoreCounts(groupCounts);
        expect(table.studies).toBe(composition[group]?.studies);
        expectClose(group, table.kappa.value, published);
      }
    },
  );

  it.each(entries.map((entry, place) => ({ ...entry, place })))(
    'entry $place of $date, as published, from a prediction for each study',
    ({ publishedKappa, counts }) => {
      const called = Object.entries(counts)
        .filter(([type]) => type !== 'overall')
        .flatMap(([studyType, of]) => [
          ...repeat(of.truePositive, { studyType, label: 1 as const, predicted: 1 as const }),
          ...repeat(of.falseNegative, { studyType, label: 1 as const, predicted: 0 as const }),
          ...repeat(of.falsePositive, { studyType, label: 0 as const, predicted: 1 as const }),
          ...repeat(of.trueNegative, { studyType, label: 0 as const, predicted: 0 as const }),
        ])
        .map((study, place) => ({ ...study, study: `patient${place}/study1` }));
      const predictions = called.map(({ study, predicted }) => ({ study, label: predicted, probability: null }));
      const score = scorePredictions(called, predictions.toReversed());
      for (const [group, published] of Object.entries(publishedKappa)) {
        const table = group === 'overall' ? score.overall : score.byStudyType[group];
        expectClose(group, table?.kappa.value, published);
      }
    },
  );
});

function expectClose(name: string, found: number | null | undefined, expected: number | null | undefined): void {
  if (typeof expected !== 'number' || typeof found !== 'number') expect([name, found]).toEqual([name, expected]);
  else expect(Math.abs(found - expected), `${name}: ${found}, expected ${expected}`).toBeLessThanOrEqual(tolerance);
}

function repeat<T>(times: number, value: T): T[] {
  return Array.from({ length: times }, () => value);
}

function readFixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'));
}
