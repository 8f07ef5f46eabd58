import { readdirSync, readFileSync } from 'node:fs';

/** What the processes of one part used. */
export interface PartUse {
  readonly name: string;
  /** Of all cores together: 100 is one of them. */
  readonly cpuPercent: number;
  /** The most that was seen at one time, shared memory counted once. */
  readonly peakMebibytes: number;
}

const partNames: readonly (readonly [name: string, ofCommand: RegExp])[] = [
  ['API', /apps\/api\/dist\/server\.js/],
  ['evaluating worker, with bundles', /apps\/worker\/dist\/evaluate\.js/],
  ['scoring worker', /apps\/worker\/dist\/score\.js/],
  ['Postgres', /bin\/postgres/],
];
const sampleEveryMilliseconds = 2000;
/** Linux counts processor time in hundredths of a second, whatever its own clock does. */
const ticksPerSecond = 100;

/**
 * Watches all processes below `root`, by the part of Holdout that they belong to.
 *
 * @returns what ends it, and says what each part used since
 */
export function watchProcesses(root: number): () => PartUse[] {
  const startedAt = performance.now();
  const before = readParts(root);
  const peaks = new Map<string, number>();
  const sample = () => {
    for (const [name, { bytes }] of readParts(root)) peaks.set(name, Math.max(bytes, peaks.get(name) ?? 0));
  };
  const timer = setInterval(sample, sampleEveryMilliseconds);
  return () => {
    clearInterval(timer);
    sample();
    const seconds = (performance.now() - startedAt) / 1000;
    return [...readParts(root)].map(([name, { cpuSeconds }]) => ({
      name,
      cpuPercent: ((cpuSeconds - (before.get(name)?.cpuSeconds ?? 0)) / seconds) * 100,
      peakMebibytes: (peaks.get(name) ?? 0) / 2 ** 20,
    }));
  };
}

function readParts(root: number): Map<string, { cpuSeconds: number; bytes: number }> {
  const parents = readParents();
  const parts = new Map<string, { cpuSeconds: number; bytes: number }>();
  const walk = (pid: number, above: string): void => {
    const command = readOr(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
    const name = partNames.find(([, pattern]) => pattern.test(command))?.[0] ?? above;
    if (name !== '') {
      const part = parts.get(name) ?? { cpuSeconds: 0, bytes: 0 };
      parts.set(name, { cpuSeconds: part.cpuSeconds + readCpuSeconds(pid), bytes: part.bytes + readBytes(pid) });
    }
    for (const child of parents.get(pid) ?? []) walk(child, name);
  };
  walk(root, '');
  return parts;
}

function readParents(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const parent = Number(/^PPid:\t(\d+)$/m.exec(readOr(`/proc/${entry}/status`))?.[1]);
    if (/^\d+$/.test(entry) && parent > 0) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  return children;
}

/** Its own, and that of its children that have ended and were waited for. */
function readCpuSeconds(pid: number): number {
  // proc(5): the name in brackets may hold anything, so fields are counted from its end.
  const fields = readOr(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ').slice(11, 15).map(Number) ?? [];
  return fields.reduce((sum, ticks) => sum + ticks, 0) / ticksPerSecond;
}

function readBytes(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(readOr(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024;
}

/** Processes end while they are looked at. */
function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
