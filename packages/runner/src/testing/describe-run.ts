import { mkdtempSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { TestBundle } from './write-models.js';

/** What a run of a test's model needs besides images and limits. */
export function describeRun(sandbox: Sandbox, { manifest, directory }: TestBundle) {
  return { sandbox, makeFolder, manifest, unpack: copyFrom(directory) };
}

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'holdout-run-'));
}

export function copyFrom(directory: string) {
  return (target: string) => cp(directory, target, { recursive: true });
}
