import type { ErrorCode } from './errors.js';

/**
 * What is told of a bundle that fails on hidden data. A model could fail in as many ways as there are codes, one for
 * each thing it wants to tell of the images; so there are few, and no words of the run's own.
 */
export const failureKinds = [
  'time_limit_exceeded',
  'memory_limit_exceeded',
  'resource_limit_exceeded',
  'runner_crashed',
  'worker_killed',
  'predictions_invalid',
] as const satisfies readonly ErrorCode[];
export type FailureKind = (typeof failureKinds)[number];

/** How much a phase tells of a hidden run that failed: its kind, or only that it did. */
export const failureReports = ['kind', 'failed'] as const;
export type FailureReport = (typeof failureReports)[number];

/** The kind of a failure that was the bundle's fault. */
export function failureKindOf(code: ErrorCode): FailureKind {
  if (code === 'time_limit_exceeded' || code === 'memory_limit_exceeded') return code;
  if (code.endsWith('_limit_exceeded')) return 'resource_limit_exceeded';
  if (code.startsWith('predictions_') || code.startsWith('output_')) return 'predictions_invalid';
  return 'runner_crashed';
}
