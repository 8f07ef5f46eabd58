import type { SubmissionEvent } from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { interruptedError } from '../command-error.js';
import { chooseServer } from '../config.js';
import { followEvents } from '../server/follow-events.js';
import { createOutput } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from './server-options.js';

/** `holdout logs`: what a bundle printed in the check on the public sample. */
export function addLogsCommand(program: Command, { environment, signal }: CommandContext): void {
  const command = program
    .command('logs')
    .summary('show what a bundle printed in its check')
    .description(
      'Shows what a bundle printed while it was checked on the public sample, and what looked wrong there. What it\n' +
        'prints on hidden studies only organisers read.',
    )
    .argument('<id>', 'the submission’s id')
    .option('--follow', 'stay until the submission has ended', false)
    .addHelpText(
      'after',
      `
The log is on standard output; warnings and states are on standard error.

Examples:
  holdout logs 1f0c2c34-6d1e-4a0e-9f55-0c8e0e5a1b2c
  holdout logs 1f0c2c34-6d1e-4a0e-9f55-0c8e0e5a1b2c --follow > check.log`,
    );
  addServerOptions(command).action(
    async (id: string, { follow, ...options }: ServerCommandOptions & { follow: boolean }) => {
      const output = createOutput(options.json, environment);
      const config = chooseServer(options, environment);
      const told: SubmissionEvent[] = [];
      const onConnection = (state: 'lost' | 'back') => {
        process.stderr.write(state === 'lost' ? 'The connection is lost; trying again…\n' : 'Connected again.\n');
      };
      try {
        for await (const event of followEvents(config, { submissionId: id, signal, onConnection, untilEnd: follow })) {
          if (event.kind === 'progress') continue;
          if (output.json) told.push(event);
          else if (event.kind === 'log') output.say(printable(event.line));
          else process.stderr.write(`${describeEvent(event)}\n`);
        }
      } catch (error) {
        if (!signal.aborted) throw error;
        throw interruptedError('Stopped; the submission goes on.', `Read on: holdout logs ${id} --follow`);
      }
      const lines = told.flatMap((event) => (event.kind === 'log' ? [{ at: event.at, line: event.line }] : []));
      const warnings = told.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
      output.result({ lines, warnings });
    },
  );
}

function describeEvent(event: Extract<SubmissionEvent, { kind: 'state' | 'warning' }>): string {
  if (event.kind === 'warning') return `Warning: ${printable(event.message)}`;
  return `${event.at}  ${event.state}${event.reason ? `: ${printable(event.reason.message)}` : ''}`;
}
