import { readdir, writeFile } from 'node:fs/promises';

/** The wall clock of some processes, which is moved while they run. Postgres' own goes on. */
export interface Clock {
  /** What a process is started with that goes by it. */
  readonly environment: NodeJS.ProcessEnv;
  move(by: '+1h' | '-1h' | '+0h'): Promise<void>;
}

/** Linux has no namespace for CLOCK_REALTIME, so it is Debian's libfaketime. */
export async function openClock(file: string): Promise<Clock> {
  const folders = (await readdir('/usr/lib')).map((name) => `/usr/lib/${name}/faketime`);
  const library = 'libfaketime.so.1';
  for (const folder of folders) {
    const names = await readdir(folder).catch((): string[] => []);
    if (!names.includes(library)) continue;
    const move = (by: string) => writeFile(file, `${by}\n`);
    await move('+0h');
    const environment = {
      LD_PRELOAD: `${folder}/${library}`,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      // Timers go by the other clock, which nobody can set.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    return { environment, move };
  }
  throw new Error('libfaketime is missing, and no clock can be moved without it: install Debian’s faketime.');
}
