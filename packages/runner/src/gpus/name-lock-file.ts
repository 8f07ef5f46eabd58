import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The file whose lock says that a GPU is used. Its folder may be shared by machines, and by containers of one machine that
 * each have another host name: what all of one machine see, and no other, is when its kernel was started.
 */
export function nameLockFile(folder: string, id: string): string {
  return join(folder, `gpu-${readBootId()}-${id}.lock`);
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().slice(0, 8);
  } catch {
    // Not Linux.
    return 'machine';
  }
}
