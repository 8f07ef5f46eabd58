import { competitionListSchema, type Leaderboard, leaderboardSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import { type Config, readConfig } from '../config.js';
import { bold, createOutput } from '../output.js';
import { requestJson } from '../server/request.js';
import { showTable } from '../show-table.js';
import { addServerOptions, type ServerCommandOptions } from './server-options.js';

interface LeaderboardOptions extends ServerCommandOptions {
  competition?: string;
  phase?: string;
}

/** `holdout leaderboard`: every phase's board, or one. */
export function addLeaderboardCommand(program: Command): void {
  const command = program
    .command('leaderboard')
    .summary('show the leaderboard')
    .option('--competition <name>', 'the competition; may be left out where the server has only one')
    .option('--phase <name>', 'one phase; all of them where it is left out')
    .addHelpText('after', '\nExample:\n  holdout leaderboard --competition mura --phase test\n');
  addServerOptions(command).action(async (options: LeaderboardOptions) => {
    const output = createOutput(options.json);
    const config = readConfig(options);
    const boards = await readBoards(config, options);
    output.result(options.phase ? boards[0] : boards);
    for (const board of boards) for (const line of showBoard(board)) output.say(line);
  });
}

async function readBoards(config: Config, { competition, phase }: LeaderboardOptions): Promise<Leaderboard[]> {
  const { competitions } = await requestJson(config, competitionListSchema, '/api/competitions');
  const [only] = competitions;
  if (!competition && competitions.length !== 1) {
    const names = competitions.map((each) => each.competition).join(', ');
    throw new Error(
      names
        ? `The server has several competitions: choose one with --competition (${names}).`
        : 'The server has no competition yet.',
    );
  }
  const name = competition ?? only?.competition ?? '';
  const phases = phase
    ? [phase]
    : (competitions.find((each) => each.competition === name)?.phases ?? []).map((each) => each.phase);
  // Where the competition is unknown, the server says so in its own words.
  const paths = phases.length > 0 ? phases : ['test'];
  return await Promise.all(
    paths.map((each) =>
      requestJson(
        config,
        leaderboardSchema,
        `/api/competitions/${encodeURIComponent(name)}/phases/${encodeURIComponent(each)}/leaderboard`,
      ),
    ),
  );
}

function showBoard({ competition, phase, entries, studyTypes, waiting }: Leaderboard): string[] {
  const header = ['model', 'team', 'rank', 'kappa', ...studyTypes];
  const rows = entries.map(({ name, team, kind, bestReader, rank, score }) => [
    bestReader ? `${name} (best reader)` : name,
    team ?? kind,
    rank === null ? '–' : String(rank),
    ...[score.overall, ...studyTypes.map((type) => score.byStudyType[type])].map(
      (table) => table?.kappa.value?.toFixed(3) ?? '–',
    ),
  ]);
  const [head = '', ...lines] = showTable(header, rows);
  const under = entries.length === 0 ? ['No entry yet.'] : [];
  return [
    bold(`${competition}/${phase}`),
    head,
    ...lines,
    ...under,
    ...(waiting > 0 ? [`${waiting} submissions under way.`] : []),
    '',
  ];
}
