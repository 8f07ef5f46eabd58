import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Debian's, whatever else is on the PATH: it has the packages that scripts/prepare.mjs brings. */
const python = '/usr/bin/python3';

/** Runs a script of this folder, or a line of Python where it is no file. */
export async function runPython(script: string, ...argv: string[]): Promise<string> {
  const isFile = script.endsWith('.py');
  const program = isFile ? [fileURLToPath(new URL(script, import.meta.url))] : ['-c', script];
  const { stdout } = await promisify(execFile)(python, [...program, ...argv], { maxBuffer: 2 ** 24 });
  return stdout;
}
