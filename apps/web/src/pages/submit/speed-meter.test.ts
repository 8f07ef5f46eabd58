import { expect, it } from 'vitest';
import { SpeedMeter } from './speed-meter.js';

it('knows nothing of one moment, and then what was sent by second', () => {
  const meter = new SpeedMeter();
  meter.add(0, 1000);
  expect(meter.bytesPerSecond()).toBeNull();
  meter.add(500, 1500);
  expect(meter.bytesPerSecond()).toBe(1000);
});

it('is of the last seconds, not of the whole', () => {
  const meter = new SpeedMeter();
  for (let second = 0; second <= 60; second++) meter.add(second * 10, second * 1000);
  for (let second = 61; second <= 80; second++) meter.add(600 + (second - 60) * 1000, second * 1000);
  expect(meter.bytesPerSecond()).toBeCloseTo(1000, 0);
});

it('keeps the part before, where parts are longer than its window', () => {
  const meter = new SpeedMeter();
  for (const second of [0, 20, 40]) meter.add(second * 5, second * 1000);
  expect(meter.bytesPerSecond()).toBe(5);
});

it('does not count a pause', () => {
  const meter = new SpeedMeter();
  meter.add(0, 0);
  meter.add(1000, 1000);
  meter.reset();
  meter.add(1000, 100_000);
  expect(meter.bytesPerSecond()).toBeNull();
});
