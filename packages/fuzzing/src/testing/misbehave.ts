import { setTimeout as sleep } from 'node:timers/promises';
import { HoldoutError } from '@holdout/contracts';

const kept: Buffer[] = [];

/** A target that does what its input says. */
export async function tryInput(input: Uint8Array): Promise<void> {
  switch (new TextDecoder().decode(input)) {
    case 'refuse':
      throw new HoldoutError('archive_unreadable');
    case 'blame the server':
      throw new HoldoutError('internal');
    case 'throw':
      throw new TypeError('a bare one');
    case 'reject later':
      void Promise.reject(new Error('nobody waits for this'));
      return await sleep(60_000);
    case 'wait':
      return await new Promise(() => {});
    case 'loop':
      for (;;);
    case 'compute':
      while (readCpuSeconds() < 3);
      return;
    case 'crash':
      process.kill(process.pid, 'SIGSEGV');
      return await sleep(60_000);
    case 'eat':
      kept.push(Buffer.alloc(300 * 1024 * 1024, 1));
      return;
    case 'nibble':
      kept.push(Buffer.alloc(60 * 1024 * 1024, 1));
      return;
  }
}

function readCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
