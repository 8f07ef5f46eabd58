import type { Environment } from './config.js';

/** What every command is given beside its arguments. */
export interface CommandContext {
  readonly environment: Environment;
  /** Aborted by Ctrl-C: a command then ends what it began, and leaves nothing behind. */
  readonly signal: AbortSignal;
}
