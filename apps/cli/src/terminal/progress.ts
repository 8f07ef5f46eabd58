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
}

/**
 * How far something is: a bar where standard error is a terminal, a line for each quarter elsewhere. Always on standard
 * error, so that standard output holds nothing but results.
 */
export function startProgress({ what, total, unit = 'items' }: ProgressOptions): Progress {
  const measureSpeed = createSpeedometer();
  const show = (done: number) => {
    if (unit === 'items') return `${done} of ${total}`;
    return `${showSize(done)} of ${showSize(total)}, ${showSize(measureSpeed(done))}/s`;
  };
  return process.stderr.isTTY ? startBar(what, total, show) : startLines(what, total, show);
}

type Show = (done: number) => string;

function startBar(what: string, total: number, show: Show): Progress {
  const format = `${what} {bar} {percentage}% | {shown} | {duration_formatted}, {eta_formatted} left`;
  const bar = new SingleBar({ format, hideCursor: true, gracefulExit: false }, Presets.shades_classic);
  bar.start(total, 0, { shown: show(0) });
  return {
    update: (done) => bar.update(done, { shown: show(done) }),
    note(line) {
      process.stderr.write(`\r\x1b[K${line}\n`);
      bar.render();
    },
    stop: () => bar.stop(),
  };
}

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
