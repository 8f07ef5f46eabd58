import type { CompetitionFileInput } from '@holdout/contracts';
import { stringify } from 'yaml';
import { writeSize, writeTime } from './units.js';

/** A competition's file as it is being changed: what the server takes, checked by nobody yet. */
export type CompetitionDraft = CompetitionFileInput;
export type PhaseDraft = CompetitionDraft['phases'][number];

const sizeFields = ['bundleSize', 'memory', 'scratch', 'fileSize', 'output', 'log'] as const;
const timeFields = ['time', 'cpuTime'] as const;

/** The server's file, with units where it has numbers. */
export function toDraft(file: CompetitionDraft): CompetitionDraft {
  return {
    ...file,
    ...(file.data ? { data: file.data.map((link) => ({ ...link, size: writeDataSize(link.size) })) } : {}),
    phases: file.phases.map((phase) => ({ ...phase, limits: writeLimits(phase.limits) })),
  };
}

function writeDataSize(size: string | number | null | undefined): string | number | null {
  return typeof size === 'number' ? writeSize(size) : (size ?? null);
}

function writeLimits(limits: PhaseDraft['limits'] = {}): NonNullable<PhaseDraft['limits']> {
  const written = { ...limits };
  for (const field of sizeFields) {
    const value = written[field];
    if (typeof value === 'number') written[field] = writeSize(value);
  }
  for (const field of timeFields) {
    const value = written[field];
    if (typeof value === 'number') written[field] = writeTime(value);
  }
  return written;
}

/** As an organiser would write it. */
export function writeYaml(draft: CompetitionDraft): string {
  return stringify(draft, { lineWidth: 110 });
}
