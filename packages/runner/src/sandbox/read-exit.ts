import { constants } from 'node:os';

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** A shell, and what acts like one, says by 128 + n that the signal n ended what it had started. */
export function readExit(exitCode: number | null): { exitCode: number | null; signal: string | null } {
  const signal = exitCode !== null && exitCode > 128 ? (signalNames.get(exitCode - 128) ?? null) : null;
  return signal ? { exitCode: null, signal } : { exitCode, signal: null };
}
