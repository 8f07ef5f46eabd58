import { CommanderError } from 'commander';
import { interruptedError, interruptedExitCode, usageError } from './command-error.js';
import { readEnvironment } from './config.js';
import { createProgram } from './create-program.js';
import { describeError } from './describe-error.js';
import { reportProblem } from './terminal/output.js';

const graceMilliseconds = 3000;

/** Ctrl-C lets a command end what it began; a second one, or a command that takes too long over it, ends at once. */
function listenForInterrupts(): AbortSignal {
  const interrupt = new AbortController();
  const onSignal = () => {
    if (interrupt.signal.aborted) process.exit(interruptedExitCode);
    interrupt.abort(interruptedError('Stopped.', 'Nothing is left behind; type the command again when you like.'));
    setTimeout(() => process.exit(interruptedExitCode), graceMilliseconds).unref();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return interrupt.signal;
}

/** A reader that has had enough, such as `head`, is no error. */
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

async function main(): Promise<void> {
  endWithReader();
  const signal = listenForInterrupts();
  const json = process.argv.includes('--json');
  try {
    await createProgram({ environment: readEnvironment(), signal }, { quiet: json }).parseAsync();
  } catch (error) {
    // Help and the version were asked for.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const { exitCode, ...problem } = describeError(signal.aborted ? explainAbort(error, signal) : toUsage(error));
    process.exitCode = exitCode;
    // Commander has said its own errors, with the usage, where a person reads.
    if (json || !(error instanceof CommanderError)) reportProblem(problem, json);
  }
}

/** What was aborted is thrown as the signal's reason, or as an AbortError by those who do not know of reasons. */
function explainAbort(error: unknown, signal: AbortSignal): unknown {
  return error instanceof Error && error.name === 'AbortError' ? signal.reason : error;
}

function toUsage(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  const title = error.message.replace(/^error: /, '');
  return usageError(title, 'holdout --help shows the commands; holdout COMMAND --help explains one.');
}

await main();
