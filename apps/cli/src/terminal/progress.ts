import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  update(done: number): void;
  stop(): void;
}

/**
 * How far something is: a bar where standard error is a terminal, a line for each quarter elsewhere. Always on standard
 * error, so that standard output holds nothing but results.
 *
 * @param show - how numbers are written, for sizes
 */
export function startProgress(what: string, total: number, show: (value: number) => string = String): Progress {
  return process.stderr.isTTY ? startBar(what, total, show) : startLines(what, total, show);
}

function startBar(what: string, total: number, show: (value: number) => string): Progress {
  const bar = new SingleBar(
    { format: `${what} {bar} {percentage}% | {shown} | {duration_formatted}, {eta_formatted} left`, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(total, 0, { shown: `${show(0)} of ${show(total)}` });
  return {
    update: (done) => bar.update(done, { shown: `${show(done)} of ${show(total)}` }),
    stop: () => bar.stop(),
  };
}

function startLines(what: string, total: number, show: (value: number) => string): Progress {
  let quartersSaid = 0;
  return {
    update(done) {
      const quarters = total === 0 ? 4 : Math.floor((done * 4) / total);
      if (quarters > quartersSaid) process.stderr.write(`${what}: ${show(done)} of ${show(total)}\n`);
      quartersSaid = Math.max(quarters, quartersSaid);
    },
    stop() {},
  };
}

export function showBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(0)} KiB`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
  return `${(bytes / 1024 ** 3).toFixed(2)} GiB`;
}
