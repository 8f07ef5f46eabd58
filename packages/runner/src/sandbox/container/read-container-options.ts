import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type ContainerOptions, type ContainerProgram, containerPrograms } from './container-options.js';

/** The variables of an environment that say it. */
export interface ContainerVariables {
  readonly HOLDOUT_CONTAINER_ENGINE?: string | undefined;
  readonly HOLDOUT_CONTAINER_IMAGE?: string | undefined;
  readonly HOLDOUT_CONTAINER_RUNTIME?: string | undefined;
  readonly PATH?: string | undefined;
}

/**
 * Reads from `HOLDOUT_CONTAINER_ENGINE`, `HOLDOUT_CONTAINER_IMAGE` and `HOLDOUT_CONTAINER_RUNTIME` by what containers
 * are run here. Where no engine is named, it is the first that is in the path.
 *
 * @throws Error that says which variable is missing or wrong
 */
export function readContainerOptions(environment: ContainerVariables): ContainerOptions {
  const { HOLDOUT_CONTAINER_ENGINE: engine, HOLDOUT_CONTAINER_IMAGE: image } = environment;
  const program = engine ? containerPrograms.find((each) => each === engine) : findContainerProgram(environment.PATH);
  if (!program) {
    const words = engine ? `it is “${engine}”` : 'and neither of them is in the path';
    throw new Error(`HOLDOUT_CONTAINER_ENGINE must be ${containerPrograms.join(' or ')}; ${words}.`);
  }
  if (!image) {
    throw new Error(
      'HOLDOUT_CONTAINER_IMAGE must name the image that bundles run in where they name none, such as python:3.12-slim.\n' +
        `This machine must have it already: ${program} pull python:3.12-slim`,
    );
  }
  return { program, image, runtime: environment.HOLDOUT_CONTAINER_RUNTIME || null };
}

/** The engine of this machine; null where it has none. */
function findContainerProgram(path = ''): ContainerProgram | null {
  const folders = path.split(delimiter).filter(Boolean);
  return containerPrograms.find((name) => folders.some((folder) => existsSync(join(folder, name)))) ?? null;
}
