import type { Competition, Phase } from '@holdout/contracts';
import { showSize } from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { chooseServer } from '../../config.js';
import { chooseCompetition } from '../../server/choose-phase.js';
import { createOutput, type Output } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

/** `holdout competition show`. */
export function addShowCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('show')
    .summary('show what a competition asks for: phases, dates, limits, data, rules')
    .description('Shows a competition: its phases with their dates, limits and quotas, its data, and its rules.')
    .argument('[competition]', 'may be left out where the server has only one')
    .option('--rules', 'the rules alone, as Markdown', false)
    .addHelpText(
      'after',
      '\nExamples:\n  holdout competition show mura\n  holdout competition show mura --rules > rules.md',
    );
  addServerOptions(command).action(
    async (name: string | undefined, { rules, ...options }: ServerCommandOptions & { rules: boolean }) => {
      const output = createOutput(options.json, environment);
      const competition = await chooseCompetition(chooseServer(options, environment), name, signal);
      output.result(competition);
      if (rules) sayText(competition.rules, output);
      else sayCompetition(competition, output);
    },
  );
}

/** A text of several lines, as it was written. */
export function sayText(text: string, output: Output): void {
  for (const line of text.trim().split('\n')) output.say(printable(line));
}

function sayCompetition(
  { competition, title, description, rules, rulesVersion, data, phases }: Competition,
  output: Output,
) {
  output.title(`${printable(title)} (${competition})`);
  if (description) sayText(description, output);
  for (const phase of phases) {
    output.say('');
    output.title(`${printable(phase.title)} (${phase.phase})`);
    for (const line of describePhase(phase)) output.say(line);
  }
  if (data.length > 0) {
    output.say('');
    output.title('Data');
  }
  for (const link of data) for (const line of describeData(link)) output.say(line);
  output.say('');
  output.title(`Rules, version ${rulesVersion}`);
  sayText(rules || 'There are none beside the limits above.', output);
  output.say(`\nBegin with the starter kit: holdout competition kit ${competition} --unpack`);
  output.say(`Take part: holdout competition join ${competition}`);
}

function describeData({ name, description, url, sizeBytes, sha256, licence }: Competition['data'][number]): string[] {
  const facts = [
    ...(sizeBytes === null ? [] : [showSize(sizeBytes)]),
    ...(licence === null ? [] : [printable(licence)]),
    ...(sha256 === null ? [] : [`sha256 ${sha256}`]),
  ];
  return [
    `${printable(name)}: ${printable(url)}`,
    ...(description
      ? description
          .trim()
          .split('\n')
          .map((line) => `  ${printable(line)}`)
      : []),
    ...(facts.length > 0 ? [`  ${facts.join(', ')}`] : []),
  ];
}

function describePhase(phase: Phase): string[] {
  const { opens, closes, window, studies, images, visibility, limits, quotas, description } = phase;
  const words = { before: 'opens later', open: 'open now', after: 'closed' }[window];
  const dates = [...(opens ? [`from ${showTime(opens)}`] : []), ...(closes ? [`until ${showTime(closes)}`] : [])];
  const allowed = [
    ...(quotas.perDay === null ? [] : [`${quotas.perDay} in 24 hours`]),
    ...(quotas.total === null ? [] : [`${quotas.total} in all`]),
    ...(quotas.atOnce === null ? [] : [`${quotas.atOnce} at one time`]),
  ];
  return [
    ...(description ? description.trim().split('\n').map(printable) : []),
    `${words}${dates.length > 0 ? `, ${dates.join(' ')}` : ''}`,
    `${studies} ${visibility} studies, ${images} images`,
    `bundles up to ${showSize(limits.bundleSizeBytes)}, ${limits.timeLimitSeconds} s, ${showSize(limits.memoryLimitBytes)} of memory`,
    `submissions: ${allowed.join(', ') || 'as many as you like'}`,
  ];
}

/** In the reader's own zone. */
function showTime(at: string): string {
  return new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}
