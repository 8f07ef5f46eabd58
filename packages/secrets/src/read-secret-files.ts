import { readFileSync } from 'node:fs';

/** Variables as a process gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Fills in each secret that the environment names a file for: `NAME_FILE=/run/secrets/name` in place of `NAME=…`, as
 * Docker and Kubernetes hand secrets over. What stands in a file shows in no list of processes and no `docker inspect`.
 *
 * @param names - the variables that may come by a file
 * @returns the environment with their values; line ends after them are left out
 * @throws Error with one sentence that names the variable, where both are set, or where the file is empty or can't be read
 */
export function readSecretFiles(environment: Environment, names: readonly string[]): Environment {
  const found = names.flatMap((name) => {
    const path = environment[`${name}_FILE`];
    if (!path) return [];
    if (environment[name]) throw new Error(`${name} and ${name}_FILE are both set: keep one of them`);
    return [[name, readSecret(`${name}_FILE`, path)]];
  });
  return { ...environment, ...Object.fromEntries(found) };
}

function readSecret(variable: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : cause;
    throw new Error(`${variable} names ${path}, which can’t be read (${code})`, { cause });
  }
  const secret = text.replace(/[\r\n]+$/, '');
  if (secret === '') throw new Error(`${variable} names ${path}, which is empty`);
  return secret;
}
