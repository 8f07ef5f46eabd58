import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The device files of this machine's GPUs; empty where it has none. */
export function findGpuDevices(): string[] {
  const named = (folder: string, pattern: RegExp) => listFolder(folder).filter((name) => pattern.test(name));
  return [
    ...named('/dev', /^nvidia(\d+|ctl|-uvm|-uvm-tools|-modeset)$/).map((name) => join('/dev', name)),
    ...named('/dev/nvidia-caps', /^nvidia-cap\d+$/).map((name) => join('/dev/nvidia-caps', name)),
    ...named('/dev/dri', /^(card|renderD)\d+$/).map((name) => join('/dev/dri', name)),
  ].sort();
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
