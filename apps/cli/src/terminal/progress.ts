import { showSize } from '@holdout/contracts';
import { Presets, SingleBar } from 'cli-progress';
import { createSpeedometer } from './speedometer.js';

export interface Progress {
  update(done: number): void;
  /** A line above the bar. */
  note(line: string): void;
  stop(): void;
}

interface ProgressOptions {
  /** What comes nearer to its end, as the line begins: `Images`. */
  what: string;
  total: number;
  /** Bytes are shown with their size and speed. */
  unit?: 'bytes' | 'items';
  /** How much of it was done before. */
  from?: number;
  /** What stands beside the bar, in place of `3 of 14`. */
  show?: (done: number) => string;
  /** Whether quarters are said where there is no terminal; notes are all the same. */
  saysQuarters?: boolean;
}

/**
 * How far something is: a bar where standard error is a terminal, a line for each quarter elsewhere. Always on standard
 * error, so that standard output holds nothing but results.
 */
export function startProgress(options: ProgressOptions): Progress {
  const { what, total, unit = 'items', from = 0, saysQuarters = true } = options;
  const measureSpeed = createSpeedometer();
  const show = (done: number) => {
    if (options.show) return options.show(done);
    if (unit === 'items') return `${done} of ${total}`;
    return `${showSize(done)} of ${showSize(total)}, ${showSize(measureSpeed(done))}/s`;
  };
  if (process.stderr.isTTY) return startBar(what, total, from, show);
  const lines = startLines(what, total, show);
  return saysQuarters ? lines : { ...lines, update() {} };
}

type Show = (done: number) => string;

function startBar(what: string, total: number, from: number, show: Show): Progress {
  const format = `${what} {bar} {percentage}% | {shown} | {duration_formatted}, {eta_formatted} left`;
  const barsize = Math.max(shortestBar, Math.min(longestBar, (process.stderr.columns || 80) - wordsBeside));
  const bar = new SingleBar({ format, barsize, hideCursor: true, gracefulExit: false }, Presets.shades_classic);
  bar.start(total, from, { shown: show(from) });
  return {
    update: (done) => bar.update(done, { shown: show(done) }),
    note(line) {
      process.stderr.write(`\r\x1b[K${line}\n`);
      bar.render();
    },
    stop: () => bar.stop(),
  };
}

/** What has no room in the line is cut off, and that must not be the words. */
const wordsBeside = 80;
const [shortestBar, longestBar] = [5, 40];

function startLines(what: string, total: number, show: Show): Progress {
  let quartersSaid = 0;
  const note = (line: string) => process.stderr.write(`${line}\n`);
  return {
    update(done) {
      const shown = show(done);
      const quarters = total === 0 ? 4 : Math.floor((done * 4) / total);
      if (quarters > quartersSaid) note(`${what}: ${shown}`);
      quartersSaid = Math.max(quarters, quartersSaid);
    },
    note,
    stop() {},
  };
}
