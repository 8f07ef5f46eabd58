import { expect, it } from 'vitest';
import { formatCell, formatInterval, formatMetric, safeLink } from './format-value.js';

it('shows three decimals and a true minus sign', () => {
  expect(formatMetric({ value: 0.70512 })).toBe('0.705');
  expect(formatMetric({ value: -0.05 })).toBe('−0.050');
  expect(formatMetric({ value: -1e-9 })).toBe('0.000');
  // No more than the phase publishes, and never more than three.
  expect(formatMetric({ value: 0.8 }, 1)).toBe('0.8');
  expect(formatMetric({ value: -0.01 }, 1)).toBe('0.0');
  expect(formatMetric({ value: 0.12345 }, 5)).toBe('0.123');
});

it('shows nothing where there is no value', () => {
  expect(formatMetric({ value: null, reason: 'Only one class.' })).toBeNull();
  expect(formatMetric(undefined)).toBeNull();
});

it('shows an interval with two decimals, and no minus sign that could be taken for a dash', () => {
  expect(formatInterval({ lower: 0.1, upper: 0.9049 })).toBe('0.10–0.90');
  expect(formatInterval({ lower: -0.1, upper: 0.9049 })).toBe('−0.10 … 0.90');
});

it('shows two decimals in a cell, without the zero before them', () => {
  expect([0.825, 1, -0.1, 0].map((value) => formatCell(value))).toEqual(['.82', '1.00', '−.10', '.00']);
  expect(formatCell(0.8, 1)).toBe('.8');
});

it('links only to the web', () => {
  expect(safeLink('https://example.org/paper')).toBe('https://example.org/paper');
  expect(safeLink('javascript:alert(1)')).toBeNull();
  expect(safeLink(null)).toBeNull();
});
