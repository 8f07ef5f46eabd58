import type { Command } from 'commander';
import type { ServerConfig } from '../../config.js';
import { chooseCompetition, choosePhase } from '../../server/choose-phase.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

export interface TestSetOptions extends ServerCommandOptions {
  competition?: string;
  phase?: string;
  note?: string;
}

/** What every command about a phase takes. */
export function addPhaseOptions(command: Command): Command {
  return addServerOptions(
    command
      .option('--competition <name>', 'the competition; may be left out where the server has only one')
      .option('--phase <name>', 'the phase; may be left out where the competition has only one'),
  );
}

/** Where the API keeps the test set of the phase that is meant. */
export async function findTestSet(config: ServerConfig, options: TestSetOptions, signal: AbortSignal) {
  const competition = await chooseCompetition(config, options.competition, signal);
  const { phase } = choosePhase(competition, options.phase);
  const [one, other] = [competition.competition, phase].map(encodeURIComponent);
  return { config, path: `/api/competitions/${one}/phases/${other}/test-set` };
}
