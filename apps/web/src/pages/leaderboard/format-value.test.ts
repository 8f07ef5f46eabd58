import { describe, expect, it } from 'vitest';
import { formatDate, formatInterval, formatMetric, formatStudyType, formatWaiting, safeLink } from './format-value.js';

describe('what a cell shows', () => {
  it('shows three decimals and a true minus sign', () => {
    expect(formatMetric({ value: 0.70512 })).toEqual({ text: '0.705', explanation: null });
    expect(formatMetric({ value: -0.05 })).toEqual({ text: '−0.050', explanation: null });
    expect(formatMetric({ value: -1e-9 }).text).toBe('0.000');
    // No more than the phase publishes, and never more than three.
    expect(formatMetric({ value: 0.8 }, 1).text).toBe('0.8');
    expect(formatMetric({ value: -0.01 }, 1).text).toBe('0.0');
    expect(formatMetric({ value: 0.12345 }, 5).text).toBe('0.123');
  });

  it('shows a dash with the reason where there is no value', () => {
    expect(formatMetric({ value: null, reason: 'Only one class.' })).toEqual({
      text: '—',
      explanation: 'Only one class.',
    });
    expect(formatMetric(undefined).text).toBe('—');
    expect(formatDate(null).text).toBe('—');
  });

  it('shows an interval with two decimals', () => {
    expect(formatInterval({ lower: -0.1, upper: 0.9049 })).toBe('−0.10 to 0.90');
  });

  it('shows a date in words', () => {
    expect(formatDate('2026-03-01T12:00:00.000Z').text).toBe('1 Mar 2026');
  });

  it('writes study types and counts as people do', () => {
    expect(formatStudyType('wrist')).toBe('Wrist');
    expect(formatWaiting(0)).toBe('No submission is waiting.');
    expect(formatWaiting(1)).toBe('1 submission is being evaluated.');
    expect(formatWaiting(2)).toBe('2 submissions are being evaluated.');
  });

  it('links only to the web', () => {
    expect(safeLink('https://example.org/paper')).toBe('https://example.org/paper');
    expect(safeLink('javascript:alert(1)')).toBeNull();
    expect(safeLink(null)).toBeNull();
  });
});
