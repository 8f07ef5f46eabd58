import { setTimeout as sleep } from 'node:timers/promises';
import { isFinalState, type Reproduction, reproductionSchema, rerunSchema, runLogListSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { CommandError, interruptedError } from '../../command-error.js';
import { chooseServer, type ServerConfig } from '../../config.js';
import { requestJson } from '../../server/request.js';
import { createEventView } from '../../submission/show-events.js';
import { createOutput, type Output } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

/** `holdout admin evaluation …`: whether a score can be trusted to come again, and making it anew. */
export function addEvaluationCommands(admin: Command, context: CommandContext): void {
  const group = admin
    .command('evaluation')
    .summary('run an evaluation once more, or read its log')
    .description('Runs an evaluation once more: to see whether it comes out the same, or in place of the first one.');
  addReproduceCommand(group, context);
  addRerunCommand(group, context);
  addLogCommand(group, context);
}

/** Its team never sees it: a program may print what it sees. */
function addLogCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('log')
    .summary('read what a bundle printed on hidden studies')
    .description(
      'Reads what a bundle printed on hidden studies, and why it failed there. That you read it is recorded.',
    )
    .argument('<id>', 'the submission’s id')
    .addHelpText('after', '\nExample:\n  holdout admin evaluation log 1f0c2c34-6d1e-4a0e-9f55-0c8e0e5a1b2c');
  addServerOptions(command).action(async (id: string, options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const path = `/api/submissions/${encodeURIComponent(id)}/hidden-logs`;
    const config = chooseServer(options, environment);
    const found = await requestJson(config, { path, schema: runLogListSchema, signal });
    output.result(found);
    if (found.logs.length === 0) output.say('It was never run on hidden studies to its end.');
    for (const { attempt, code, detail, log, at } of found.logs) {
      const end = code === null ? 'it predicted every study' : `${code}: ${printable(detail ?? '')}`;
      output.title(`Attempt ${attempt}, ${at}: ${end}`);
      for (const line of log === '' ? [] : log.split('\n')) output.say(`  ${printable(line)}`);
    }
  });
}

/** What it has stays on the board until the new one is scored. */
function addRerunCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('rerun')
    .summary('run a submission anew, in place of what it has')
    .description('Runs a submission anew. What it has stays on the board until the new evaluation is scored.')
    .argument('<id>', 'the submission’s id')
    .addHelpText('after', '\nExample:\n  holdout admin evaluation rerun 1f0c2c34-6d1e-4a0e-9f55-0c8e0e5a1b2c');
  addServerOptions(command).action(async (id: string, options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const path = `/api/submissions/${encodeURIComponent(id)}/rerun`;
    const config = chooseServer(options, environment);
    output.result(await requestJson(config, { path, schema: rerunSchema, signal, method: 'POST' }));
    output.say(`It is queued. holdout status ${id} tells how far it is.`);
  });
}

function addReproduceCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('reproduce')
    .summary('run an evaluation once more and compare its predictions')
    .description(
      'Runs the same bundle on the same version of the test set once more, waits for it, and compares the predictions\n' +
        'with the first ones. It costs the team no quota, is never scored and never on a board.',
    )
    .argument('<id>', 'a submission’s id, or an evaluation’s')
    .addHelpText(
      'after',
      `
Exit code 0 where every study is called as it was the first time, 1 otherwise.

Example:
  holdout admin evaluation reproduce 1f0c2c34-6d1e-4a0e-9f55-0c8e0e5a1b2c`,
    );
  addServerOptions(command).action(async (id: string, options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const path = `/api/evaluations/${encodeURIComponent(id)}/reproductions`;
    const begun = await requestJson(config, { path, schema: reproductionSchema, signal, method: 'POST' });
    output.say(`Reproducing evaluation ${begun.evaluationId} as ${begun.id}.`);
    const ended = await waitForEnd(config, begun, output, signal);
    output.result(ended);
    sayOutcome(ended, output);
    if (ended.comparison === null || ended.comparison.differingCalls > 0) process.exitCode = 1;
  });
}

const pollMilliseconds = 500;
const patienceMilliseconds = 60_000;

/** Asks until it has ended. A server that is away for a while is asked again. */
async function waitForEnd(
  config: ServerConfig,
  begun: Reproduction,
  output: Output,
  signal: AbortSignal,
): Promise<Reproduction> {
  const view = createEventView(output);
  const path = `/api/reproductions/${begun.id}`;
  let reproduction = begun;
  let shown: string | null = null;
  let lastAnswerAt = performance.now();
  try {
    for (;;) {
      const { state, reason, progress } = reproduction;
      const at = new Date().toISOString();
      if (state !== shown) view.show({ kind: 'state', at, state, reason, fault: null });
      shown = state;
      if (isFinalState(state)) return reproduction;
      if (progress && progress.stage === state) view.show({ kind: 'progress', at, ...progress });
      await sleep(pollMilliseconds, undefined, { signal });
      try {
        reproduction = await requestJson(config, { path, schema: reproductionSchema, signal });
        lastAnswerAt = performance.now();
      } catch (error) {
        const waits = error instanceof CommandError && error.passing;
        if (!waits || performance.now() - lastAnswerAt > patienceMilliseconds) throw error;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw interruptedError(
      'Stopped waiting; the reproduction goes on.',
      'Type the command again to wait for it; its outcome is in the audit log too: holdout admin audit',
    );
  } finally {
    view.end();
  }
}

function sayOutcome({ state, reason, first, again, comparison }: Reproduction, output: Output): void {
  if (!comparison) {
    output.title(`It was not reproduced: it ended ${state}.`);
    if (reason) output.say(`${printable(reason.message)} [${reason.code}]`);
    return;
  }
  const { studies, images, identical, maxAbsoluteDifference, differingCalls } = comparison;
  output.say(`first  ${describeRun(first)}`);
  output.say(`again  ${describeRun(again)}`);
  const size = `${studies} studies, ${images} images`;
  if (identical) {
    output.title(`${size}: the predictions are identical.`);
    return;
  }
  output.title(`${size}: the predictions differ, by ${maxAbsoluteDifference.toPrecision(3)} at most.`);
  output.say(`${differingCalls} of ${studies} studies are called otherwise.`);
  if (first.run?.engineDigest !== again.run?.engineDigest) output.say('They were made by different engines.');
}

function describeRun({ predictionsDigest, run }: Reproduction['first']): string {
  const made = run
    ? `${run.engineVersion ?? run.engine} (${run.engineDigest?.slice(0, 12) ?? 'digest unknown'}), ` +
      `${run.device ?? 'unknown device'}, ${run.threads ?? '?'} threads`
    : 'unknown engine';
  return `${predictionsDigest?.slice(0, 12) ?? '–'}  ${printable(made)}`;
}
