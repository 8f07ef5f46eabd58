import { type Competition, type Me, participationSchema } from '@holdout/contracts';
import { type Command, InvalidArgumentError } from 'commander';
import { chooseTeam } from '../../account/choose-team.js';
import { readMe } from '../../account/read-me.js';
import type { CommandContext } from '../../command-context.js';
import { usageError } from '../../command-error.js';
import { chooseServer } from '../../config.js';
import { chooseCompetition } from '../../server/choose-phase.js';
import { requestJson } from '../../server/request.js';
import { canAsk, confirm } from '../../terminal/confirm.js';
import { createOutput, type Output } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';
import { sayText } from './show.js';

interface JoinOptions extends ServerCommandOptions {
  team?: string;
  newTeam?: string;
  acceptRules?: number;
}

/** `holdout competition join`: a team takes part, and accepts the rules. */
export function addJoinCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('join')
    .summary('take part with a team, and accept the rules')
    .description(
      'Shows the rules, asks whether you accept them, and enters your team. Where the rules have changed, the same accepts\n' +
        'them anew for a team that takes part.',
    )
    .argument('[competition]', 'may be left out where the server has only one')
    .option('--team <name>', 'one of your teams; may be left out where you are in only one')
    .option('--new-team <name>', 'a team that is made for this')
    .option('--accept-rules <version>', 'accept this version of the rules without being asked', readVersion)
    .addHelpText(
      'after',
      `
Examples:
  holdout competition join mura --new-team "The Radiologists"
  holdout competition join mura --team "The Radiologists" --accept-rules 1`,
    );
  addServerOptions(command).action(async (name: string | undefined, options: JoinOptions) => {
    const output = createOutput(options.json, environment);
    if (options.team !== undefined && options.newTeam !== undefined) {
      throw usageError('--team and --new-team exclude each other.', 'Leave one of them out.');
    }
    const config = chooseServer(options, environment);
    const me = await readMe(config, signal);
    const competition = await chooseCompetition(config, name, signal);
    const team = chooseWho(me, options, competition);
    await acceptRules(competition, options, output, signal);
    const path = `/api/competitions/${encodeURIComponent(competition.competition)}/join`;
    const body = { ...team, rulesVersion: competition.rulesVersion };
    const joined = await requestJson(config, { path, schema: participationSchema, signal, method: 'POST', body });
    output.result(joined);
    const isKnown = me.competitions.some((each) => each.competition === joined.competition);
    const accepted = `has accepted version ${joined.rulesVersion} of the rules of ${joined.competition}`;
    output.say(`“${printable(joined.team.name)}” ${isKnown ? accepted : `takes part in ${joined.competition}`}.`);
    output.say(`Submit: holdout submit BUNDLE --competition ${joined.competition} --wait`);
  });
}

/** By a new team, a named one, the one that takes part already, or the only one. */
function chooseWho(me: Me, { team, newTeam }: JoinOptions, { competition }: Competition) {
  if (newTeam !== undefined) return { newTeam };
  const present = me.competitions.find((each) => each.competition === competition);
  if (team === undefined && present) return { team: present.team.id };
  if (me.teams.length === 0) {
    throw usageError('You are in no team.', 'Make one for this: add --new-team NAME');
  }
  return { team: chooseTeam(me, team).id };
}

async function acceptRules(
  { rules, rulesVersion, competition }: Competition,
  { acceptRules: accepted, json }: JoinOptions,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  if (accepted === rulesVersion) return;
  const next = `Read them: holdout competition show ${competition} --rules   Then add: --accept-rules ${rulesVersion}`;
  if (accepted !== undefined) {
    throw usageError(`The rules have version ${rulesVersion} now; you accept version ${accepted}.`, next);
  }
  if (json || !canAsk()) throw usageError('Taking part needs you to accept the rules.', next);
  output.title(`Rules of ${competition}, version ${rulesVersion}`);
  sayText(rules || 'There are none beside the limits of its phases.', output);
  await confirm('Does your team accept these rules?', signal);
}

function readVersion(text: string): number {
  const version = Number(text);
  if (Number.isInteger(version) && version > 0) return version;
  throw new InvalidArgumentError('Expected the number of a version.');
}
