import { boardPageLimit, type Leaderboard, type LeaderboardEntry, leaderboardSchema } from '@holdout/contracts';
import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command-context.js';
import { usageError } from '../command-error.js';
import { chooseServer, type ServerConfig } from '../config.js';
import { chooseCompetition, choosePhase, leaderboardPath } from '../server/choose-phase.js';
import { requestJson } from '../server/request.js';
import { createOutput, type Output } from '../terminal/output.js';
import { displayWidth } from '../terminal/printable.js';
import { showMetric } from '../terminal/show-score.js';
import { type Column, showTable } from '../terminal/show-table.js';
import { addServerOptions, type ServerCommandOptions } from './server-options.js';

interface LeaderboardOptions extends ServerCommandOptions {
  competition?: string;
  phase?: string;
  at?: string;
  testSetVersion?: string;
  limit?: number;
  offset?: number;
}

/** `holdout leaderboard`: every phase's board, or one. */
export function addLeaderboardCommand(program: Command, { environment, signal }: CommandContext): void {
  const command = program
    .command('leaderboard')
    .summary('show the leaderboard')
    .description('Shows who stands where, with the readers in their place. It needs no token.')
    .option('--competition <name>', 'the competition; may be left out where the server has only one')
    .option('--phase <name>', 'one phase; all of them where it is left out')
    .option('--at <time>', 'the board as it stood then: 2026-11-23, 2026-11-23T10:00:00Z')
    .option('--test-set-version <digest>', 'the board of an earlier version of the test set')
    .option('--limit <n>', `so many entries, at most ${boardPageLimit}`, readCountFrom(1))
    .option('--offset <n>', 'after so many', readCountFrom(0))
    .addHelpText(
      'after',
      `
With --json and --phase: the leaderboard. With --json alone: a list of them.

Examples:
  holdout leaderboard
  holdout leaderboard --competition mura --phase test --json`,
    );
  addServerOptions(command).action(async (options: LeaderboardOptions) => {
    const output = createOutput(options.json, environment);
    const boards = await readBoards(chooseServer(options, environment), options, signal);
    output.result(options.phase === undefined ? boards : boards[0]);
    for (const board of boards) sayBoard(board, output);
  });
}

function readCountFrom(least: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (Number.isSafeInteger(count) && count >= least) return count;
    throw new InvalidArgumentError(`Expected a whole number from ${least}.`);
  };
}

async function readBoards(
  config: ServerConfig,
  options: LeaderboardOptions,
  signal: AbortSignal,
): Promise<Leaderboard[]> {
  const competition = await chooseCompetition(config, options.competition, signal);
  const phases = options.phase === undefined ? competition.phases : [choosePhase(competition, options.phase)];
  const query = chooseBoard(options);
  return await Promise.all(
    phases.map(({ phase }) => {
      const path = `${leaderboardPath({ competition: competition.competition, phase })}?${query}`;
      return requestJson(config, { path, schema: leaderboardSchema, signal });
    }),
  );
}

function chooseBoard({ at, testSetVersion, limit, offset }: LeaderboardOptions): URLSearchParams {
  if (at !== undefined && testSetVersion !== undefined) {
    throw usageError('--at and --test-set-version exclude each other.', 'Give one of them.');
  }
  const query = new URLSearchParams();
  if (testSetVersion !== undefined) query.set('version', testSetVersion);
  if (at !== undefined) query.set('at', readMoment(at));
  if (limit !== undefined) query.set('limit', String(limit));
  if (offset !== undefined) query.set('offset', String(offset));
  return query;
}

/** A day alone is its end: what stood when it was over. */
function readMoment(text: string): string {
  const at = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59.999Z` : text);
  if (!Number.isNaN(at.getTime())) return new Date(Math.min(at.getTime(), Date.now())).toISOString();
  throw usageError(`--at: “${text}” is no moment.`, 'Give it as 2026-11-23 or 2026-11-23T10:00:00Z.');
}

const columns: readonly Column[] = [
  { title: 'rank', side: 'right' },
  { title: 'model', side: 'left' },
  { title: 'team', side: 'left' },
  { title: 'submitted', side: 'left' },
  { title: 'kappa', side: 'right' },
  { title: '95 %', side: 'left' },
  { title: 'ranks', side: 'left' },
  { title: 'best reader', side: 'left' },
];

/** The study types follow where the terminal has the room for them. */
function sayBoard(board: Leaderboard, output: Output): void {
  const { competition, phase, at, entries, studyTypes, decimals, visibility, waiting, offset, total } = board;
  const typeColumns = studyTypes.map((title): Column => ({ title, side: 'right' }));
  const full = showTable(
    [...columns, ...typeColumns],
    entries.map((entry) => [
      ...showEntry(entry, decimals),
      ...studyTypes.map((type) => showMetric(entry.score.byStudyType[type]?.kappa, decimals)),
    ]),
  );
  const fits = full.every((line) => displayWidth(line) <= output.columns);
  const [head = '', ...lines] = fits
    ? full
    : showTable(
        columns,
        entries.map((entry) => showEntry(entry, decimals)),
      );
  output.title(`${competition}/${phase}${at ? ` at ${at}` : ''}`);
  const note = describeVisibility(visibility);
  if (note) output.say(note);
  if (visibility.state !== 'hidden') output.say(total === 0 ? 'No entry yet.' : head);
  for (const line of lines) output.say(line);
  if (entries.length < total) output.say(sayPage(offset, entries.length, total));
  const tied = entries.filter(({ toldApartFromFirst }) => toldApartFromFirst === false).length;
  if (tied > 1) output.say(`${tied} entries can’t be told from the first (=1).`);
  if (waiting > 0) output.say(waiting === 1 ? '1 submission is under way.' : `${waiting} submissions are under way.`);
  output.say('');
}

function describeVisibility({ state, from, final }: Leaderboard['visibility']): string | null {
  const until = final ? `until ${final}` : 'until the organisers show it';
  if (state === 'hidden') return `This board is hidden ${until}.`;
  if (state === 'frozen') return `This board is frozen as it stood at ${from}, ${until}.`;
  return state === 'final' ? 'This board is final.' : null;
}

function sayPage(offset: number, shown: number, total: number): string {
  if (shown === 0) return `There are ${total} entries, and none after ${offset}.`;
  const last = offset + shown;
  const next = last < total ? ` The next: --offset ${last}` : '';
  return `Entries ${offset + 1} to ${last} of ${total}.${next}`;
}

function showEntry(entry: LeaderboardEntry, decimals: number | null): string[] {
  const { rank, name, team, kind, bestReader, submittedAt, score } = entry;
  const { kappaInterval, rankInterval, toldApartFromFirst, againstBestReader } = entry;
  return [
    rank === null ? '–' : String(rank),
    bestReader ? `${name} (best reader)` : name,
    team ?? kind,
    submittedAt?.slice(0, 10) ?? '–',
    showMetric(score.overall.kappa, decimals),
    kappaInterval ? `${kappaInterval.lower.toFixed(2)} … ${kappaInterval.upper.toFixed(2)}` : '',
    showRanks(rankInterval, toldApartFromFirst),
    againstBestReader ?? '',
  ];
}

/** The ranks that it could as well have; `=1` where it can't be told from the first. */
function showRanks(ranks: LeaderboardEntry['rankInterval'], toldApartFromFirst: boolean | null): string {
  if (ranks === null) return '';
  const bounds = ranks.lower === ranks.upper ? String(ranks.lower) : `${ranks.lower}–${ranks.upper}`;
  return toldApartFromFirst === false ? `${bounds} =1` : bounds;
}
