import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Gpu } from './gpu.js';
import { nameLockFile } from './name-lock-file.js';

/** Where Debian's Mesa describes its driver that computes on the processor, and Chromium its own. */
const mesaFolder = '/usr/share/vulkan/icd.d';
const chromiumDriver = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** A GPU that is only a program, by which the way to a GPU can be tried on a machine without one; null where there is none. */
export function findSoftwareGpu(lockFolder = tmpdir()): Gpu | null {
  const driver = existsSync(chromiumDriver) ? chromiumDriver : findMesaDriver();
  if (driver === null) return null;
  const environment = {
    VK_ICD_FILENAMES: driver,
    // Chromium brings the library that opens drivers, too.
    ...(driver === chromiumDriver ? { LD_LIBRARY_PATH: dirname(driver) } : {}),
  };
  const id = 'software';
  const lockFile = nameLockFile(lockFolder, id);
  return { id, name: null, uuid: null, files: [], systemFolders: [], lockFile, environment, isSoftware: true };
}

function findMesaDriver(): string | null {
  const names = existsSync(mesaFolder) ? readdirSync(mesaFolder) : [];
  const name = names.find((each) => /^lvp_icd\..*json$/.test(each));
  return name === undefined ? null : join(mesaFolder, name);
}
