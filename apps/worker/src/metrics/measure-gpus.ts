import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Gauge, type Registry } from 'prom-client';

const run = promisify(execFile);
const query = ['--query-gpu=index,utilization.gpu,memory.used,memory.total', '--format=csv,noheader,nounits'];
const timeoutMilliseconds = 5_000;
const mebibyte = 1024 ** 2;

/** Measures the machine's NVIDIA GPUs whenever somebody looks, by NVIDIA's own program. A machine without one says nothing. */
export function measureGpus(registry: Registry): void {
  const labelNames = ['gpu'] as const;
  const registers = [registry];
  const used = new Gauge({ name: 'holdout_gpu_memory_used_bytes', help: 'Memory in use.', labelNames, registers });
  const total = new Gauge({ name: 'holdout_gpu_memory_bytes', help: 'Memory in all.', labelNames, registers });
  new Gauge({
    name: 'holdout_gpu_busy_ratio',
    help: 'The part of the last sample period in which it computed, from 0 to 1.',
    labelNames,
    registers,
    async collect() {
      for (const { gpu, busy, usedBytes, totalBytes } of await readGpus()) {
        this.set({ gpu }, busy);
        used.set({ gpu }, usedBytes);
        total.set({ gpu }, totalBytes);
      }
    },
  });
}

async function readGpus() {
  const answer = await run('nvidia-smi', query, { timeout: timeoutMilliseconds }).catch(() => null);
  return parseGpus(answer?.stdout ?? '');
}

/** Lines such as `0, 37, 1024, 81559`; a card that can't tell one of them says `[N/A]` there, and is left out. */
export function parseGpus(csv: string) {
  return csv
    .split('\n')
    .map((line) => line.split(',').map((cell) => Number(cell.trim() || Number.NaN)))
    .filter((cells) => cells.length === 4 && cells.every(Number.isFinite))
    .map(([index = 0, percent = 0, used = 0, total = 0]) => ({
      gpu: String(index),
      busy: percent / 100,
      usedBytes: used * mebibyte,
      totalBytes: total * mebibyte,
    }));
}
