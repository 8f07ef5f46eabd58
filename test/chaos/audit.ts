import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { BundleKind } from './bundles.js';
import type { Accepted } from './teams.js';

/** What a run without faults gave each good bundle. */
export type Kappas = Readonly<Partial<Record<BundleKind, number | null>>>;

interface Evidence {
  readonly databaseUrl: string;
  readonly storageDirectory: string;
  readonly phase: string;
  readonly accepted: readonly Accepted[];
  readonly kappas: Kappas;
  readonly maxAttempts: number;
  /** By team, as the server says it. */
  readonly quotasUsed: ReadonlyMap<string, { total: number; atOnce: number }>;
}

export interface Findings {
  /** Each a sentence; empty where all is as it must be. */
  readonly complaints: readonly string[];
  /** How many submissions ended how: the state, and the reason where there is one. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly submissions: number;
}

interface Row {
  id: string;
  name: string;
  team: string;
  teamId: string;
  state: string;
  reason: string | null;
  attempts: number;
  scoringAttempts: number;
  held: boolean;
  ranHidden: boolean;
  losses: number;
  evaluations: number;
  scores: number;
  kappa: number | null;
  finalEvents: number;
  events: string[];
}

const finalStates = ['scored', 'rejected', 'failed', 'cancelled'];

/** Looks at everything that was accepted, in Postgres, and says whatever is not as it was promised. */
export async function audit(evidence: Evidence): Promise<Findings> {
  const client = new pg.Client({ connectionString: evidence.databaseUrl });
  await client.connect();
  try {
    const rows = await readSubmissions(client, evidence.phase);
    return {
      complaints: [
        ...findLost(evidence.accepted, rows),
        ...rows.flatMap((row) => judge(row, evidence)),
        ...findMiscounted(rows, evidence),
        ...(await findWrongEntries(client, evidence.phase, rows)),
        ...(await findLeftUploads(client, evidence)),
        ...(await findLeftParts(client, evidence.storageDirectory)),
      ],
      outcomes: count(rows.map(({ state, reason }) => (reason ? `${state} (${reason})` : state))),
      submissions: rows.length,
    };
  } finally {
    await client.end();
  }
}

async function readSubmissions(client: pg.Client, phase: string): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT s.id, s.name, t.name AS team, t.id AS "teamId", e.state, e.reason_code AS reason, e.attempts,
       e.scoring_attempts AS "scoringAttempts", e.lease_owner IS NOT NULL AS held, e.running_at IS NOT NULL AS "ranHidden",
       (SELECT count(*)::int FROM worker_losses l WHERE l.evaluation_id = e.id) AS losses,
       (SELECT count(*)::int FROM evaluations o WHERE o.submission_id = s.id) AS evaluations,
       (SELECT count(*)::int FROM scores c WHERE c.evaluation_id = e.id) AS scores,
       (SELECT (c.score #>> '{overall,kappa,value}')::float8 FROM scores c WHERE c.evaluation_id = e.id) AS kappa,
       (SELECT count(*)::int FROM evaluation_events v WHERE v.evaluation_id = e.id AND v.kind = 'state'
          AND v.data ->> 'state' = ANY($2)) AS "finalEvents",
       ARRAY(SELECT v.id::text FROM evaluation_events v WHERE v.evaluation_id = e.id ORDER BY v.id) AS events
     FROM submissions s JOIN teams t ON t.id = s.team_id JOIN evaluations e ON e.submission_id = s.id
     JOIN phases p ON p.id = s.phase_id WHERE p.slug = $1 ORDER BY s.submitted_at`,
    [phase, finalStates],
  );
  return rows;
}

function findLost(accepted: readonly Accepted[], rows: readonly Row[]): string[] {
  return accepted.flatMap(({ id, name, way, events }) => {
    const row = rows.find((each) => each.id === id);
    if (!row) return [`${name} was accepted and is not there.`];
    const complaints = [];
    const namesakes = rows.filter((each) => each.name === name).length;
    if (way === 'in parts' && namesakes !== 1) complaints.push(`${name}, one upload, became ${namesakes} submissions.`);
    if (events?.join() !== row.events.join()) {
      complaints.push(`${name}: its team saw the events ${events?.join()}, and there are ${row.events.join()}.`);
    }
    return complaints;
  });
}

function judge(row: Row, { accepted, kappas, maxAttempts }: Evidence): string[] {
  const told = accepted.find(({ name }) => name === row.name);
  const complaints: string[] = [];
  const demand = (right: boolean, what: string) => {
    if (!right) complaints.push(`${row.name} (${row.state}, ${row.reason}): ${what}.`);
  };
  demand(finalStates.includes(row.state), 'it has not ended');
  demand(row.evaluations === 1, `it has ${row.evaluations} evaluations`);
  demand(row.finalEvents === 1, `it ended ${row.finalEvents} times`);
  demand(!row.held, 'somebody holds a lease on it');
  demand(row.attempts <= maxAttempts, `it was begun ${row.attempts} times`);
  demand(row.scoringAttempts <= maxAttempts, `its scoring was begun ${row.scoringAttempts} times`);
  demand(row.scores === (row.state === 'scored' ? 1 : 0), `it has ${row.scores} scores`);
  const mayBeSpent = Math.max(row.attempts, row.scoringAttempts) >= maxAttempts;
  if (row.state === 'failed') demand(row.reason === 'attempts_spent' && mayBeSpent, 'it failed too early');
  if (row.reason === 'worker_killed') demand(row.losses >= 2, `it was blamed for ${row.losses} workers`);
  if (!told) return complaints;
  if (row.state === 'cancelled') demand(told.cancelled, 'nobody cancelled it');
  if (row.state === 'scored') {
    demand(told.kind !== 'broken', 'a broken bundle has a score');
    demand(row.kappa === kappas[told.kind], `its kappa is ${row.kappa}, and was ${kappas[told.kind]} without faults`);
  }
  const blamed = ['worker_killed', told.kind === 'broken' ? 'command_failed' : ''];
  if (row.state === 'rejected') demand(blamed.includes(row.reason ?? ''), 'it was rejected, and is good');
  return complaints;
}

/** What counts is worked out here anew: all but what failed, and what was cancelled before it ran on hidden studies. */
function findMiscounted(rows: readonly Row[], { quotasUsed }: Evidence): string[] {
  return [...quotasUsed].flatMap(([team, used]) => {
    const counts = rows.filter(
      (row) => row.team === team && row.state !== 'failed' && (row.state !== 'cancelled' || row.ranHidden),
    );
    const right = used.total === counts.length && used.atOnce === 0;
    return right ? [] : [`${team} has used ${JSON.stringify(used)} of its quota, and ${counts.length} count.`];
  });
}

/** Each team that has a score has one entry, and it is one of its best. */
async function findWrongEntries(client: pg.Client, phase: string, rows: readonly Row[]): Promise<string[]> {
  const { rows: entries } = await client.query<{ team: string; kappa: number }>(
    `SELECT t.name AS team, (c.score #>> '{overall,kappa,value}')::float8 AS kappa
     FROM entries n JOIN phases p ON p.id = n.phase_id JOIN scores c ON c.evaluation_id = n.evaluation_id
     JOIN evaluations e ON e.id = n.evaluation_id JOIN submissions s ON s.id = e.submission_id
     JOIN teams t ON t.id = s.team_id WHERE p.slug = $1`,
    [phase],
  );
  const scored = rows.filter(({ state }) => state === 'scored');
  const teams = [...new Set([...scored, ...entries].map(({ team }) => team))];
  return teams.flatMap((team) => {
    const best = Math.max(...scored.filter((row) => row.team === team).map(({ kappa }) => kappa ?? -2));
    const own = entries.filter((entry) => entry.team === team);
    if (own.length === 1 && own[0]?.kappa === best) return [];
    return [`${team} has ${own.length} entries (${own.map(({ kappa }) => kappa)}); its best score is ${best}.`];
  });
}

/** All uploads that came to their last byte have ended. */
async function findLeftUploads(
  client: pg.Client,
  { phase, storageDirectory }: Pick<Evidence, 'phase' | 'storageDirectory'>,
): Promise<string[]> {
  const { rows } = await client.query<{ id: string; sizeBytes: number; refused: boolean }>(
    `SELECT u.id, u.size_bytes::float8 AS "sizeBytes", u.refusal IS NOT NULL AS refused
     FROM uploads u JOIN phases p ON p.id = u.phase_id WHERE p.slug = $1 AND u.submission_id IS NULL AND NOT u.partial`,
    [phase],
  );
  const files = await readdir(storageDirectory, { recursive: true });
  const complaints = await Promise.all(
    rows.map(async ({ id, sizeBytes, refused }) => {
      if (refused) return [`The upload ${id} was refused, and its bundle is good.`];
      const file = files.find((name) => name.endsWith(id));
      const found = file === undefined ? 0 : (await stat(join(storageDirectory, file))).size;
      return found < sizeBytes ? [] : [`The upload ${id} came to its last byte, and has not ended.`];
    }),
  );
  return complaints.flat();
}

/** A server looks each minute for what a dead one left; the one that looked last may have died as well. */
const roundsMilliseconds = 4 * 60_000;

/** Of an upload that has ended no byte lies where its parts were. */
async function findLeftParts(client: pg.Client, storageDirectory: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>('SELECT id FROM uploads WHERE ended_at IS NOT NULL');
  for (const until = performance.now() + roundsMilliseconds; ; ) {
    const names = await readdir(storageDirectory, { recursive: true });
    const complaints = rows.flatMap(({ id }) => {
      const left = names.filter((name) => name.includes(id));
      return left.length === 0 ? [] : [`The upload ${id} has ended, and ${left.join(', ')} is left of it.`];
    });
    if (complaints.length === 0 || performance.now() > until) return complaints;
    await sleep(1000);
  }
}

function count(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of [...words].sort()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
